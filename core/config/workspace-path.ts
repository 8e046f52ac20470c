/** Names of files that a release config or a param gives: each is a path inside the workspace that holds it. */

/** Of a path that is none. */
export const NO_WORKSPACE_PATH = 'must be a path inside its workspace, without ".."';

/** Whether a path, as it is written, stays where it begins and names something there; links are another matter. */
export function isWorkspacePath(path: string): boolean {
  const parts = path.split(/[/\\]/);
  const isAbsolute = path.startsWith('/') || path.startsWith('\\');
  return !isAbsolute && !parts.includes('..') && parts.some((part) => part !== '' && part !== '.');
}
