/** How a metrics system lets itself be asked over HTTP; the files are in the workspace `secrets`. */
import type { FromSchema } from '../base/from-schema.ts';
import { FILE } from '../base/schema-types.ts';

const WHERE = 'A file in the workspace `secrets`.';
export const ACCESS = {
  tokenFile: { ...FILE, description: `${WHERE} Sent as a bearer token.` },
  caFile: { ...FILE, description: `${WHERE} The CA to trust, besides the usual.` },
} as const;

/** A system that is written once, under `analysis.providers`, and asked by many metrics. */
export const CONNECTION = {
  type: 'object',
  additionalProperties: false,
  required: ['address'],
  properties: { address: { type: 'string', pattern: '^https?://' }, ...ACCESS },
} as const;

export type ConnectionConfig = FromSchema<typeof CONNECTION>;

export interface Access {
  readonly tokenFile: string | undefined;
  readonly caFile: string | undefined;
}

export interface Connection extends Access {
  readonly address: string;
}

/** Without a token, and trusting the usual authorities. */
export const OPEN: Access = { tokenFile: undefined, caFile: undefined };

export function accessOf({ tokenFile, caFile }: { tokenFile?: string; caFile?: string }): Access {
  return { tokenFile, caFile };
}
