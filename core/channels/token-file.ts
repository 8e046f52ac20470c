/** A key that several channels have: the file of a token. */
import { FILE } from '../base/schema-types.ts';

export const TOKEN_FILE = {
  ...FILE,
  description: 'A file in the workspace `secrets` with a token.',
} as const;
