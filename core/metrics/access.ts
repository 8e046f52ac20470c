/** How a metrics system lets itself be asked over HTTP; the files are in the workspace `secrets`. */

const FILE = 'A file in the workspace `secrets`.';
export const ACCESS = {
  tokenFile: { type: 'string', minLength: 1, description: `${FILE} Sent as a bearer token.` },
  caFile: {
    type: 'string',
    minLength: 1,
    description: `${FILE} The CA to trust, besides the usual.`,
  },
} as const;

export interface Access {
  readonly tokenFile: string | undefined;
  readonly caFile: string | undefined;
}

/** Without a token, and trusting the usual authorities. */
export const OPEN: Access = { tokenFile: undefined, caFile: undefined };

export function accessOf({ tokenFile, caFile }: { tokenFile?: string; caFile?: string }): Access {
  return { tokenFile, caFile };
}
