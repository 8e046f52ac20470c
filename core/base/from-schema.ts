/** What a user writes, as a type made from the schema that checks it: the two cannot part. */
export type { FromSchema } from 'json-schema-to-ts';
