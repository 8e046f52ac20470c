/**
 * The commands by name. Their Tasks (scripts/operator-tasks.mjs) and make targets
 * (scripts/cluster/release.mjs) are made from this list.
 */
export const COMMANDS = [
  'status',
  'history',
  'promote',
  'pause',
  'resume',
  'abort',
  'drain',
  'rollback',
  'rollback-to-version',
  'turn',
] as const;

export type Command = (typeof COMMANDS)[number];

/** Those that change nothing. */
export const LOOKING: readonly Command[] = ['status', 'history'];

export function isCommand(text: string): text is Command {
  return COMMANDS.some((command) => command === text);
}
