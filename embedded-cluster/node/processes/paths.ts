/**
 * A process sees the files of this machine, not those of its container. So every container path that
 * its command line or environment names is replaced by the path that stands for it here.
 */

export interface PathPair {
  readonly containerPath: string;
  readonly hostPath: string;
}

export type RewritePaths = (text: string) => string;

/** A path counts only as a whole, or as the beginning of a longer one: `/app` is not in `/apple`. */
export function pathRewriter(pairs: readonly PathPair[]): RewritePaths {
  if (pairs.length === 0) return (text) => text;
  const hostPaths = new Map(pairs.map(({ containerPath, hostPath }) => [containerPath, hostPath]));
  const longestFirst = [...hostPaths.keys()].sort((a, b) => b.length - a.length);
  const alternatives = longestFirst.map(escaped).join('|');
  const pattern = new RegExp(`(?<![\\w./-])(?:${alternatives})(?![\\w-]|\\.\\w)`, 'g');
  return (text) => text.replaceAll(pattern, (path) => hostPaths.get(path) ?? path);
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
