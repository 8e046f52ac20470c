/** A key that several channels have: the file of a token. */
export const TOKEN_FILE = {
  type: 'string',
  description: 'A file in the workspace `secrets` with a token.',
} as const;
