/** The commands by name. */
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
] as const;

export type Command = (typeof COMMANDS)[number];

export function isCommand(text: string): text is Command {
  return COMMANDS.some((command) => command === text);
}
