/** What a user writes, as a type made from the schema that checks it: the two cannot part. */
import type { FromSchema } from 'json-schema-to-ts';

export type { FromSchema };

/** Of an object with these keys, none of which has to be written. */
export type WrittenKeys<Keys extends Readonly<Record<string, object>>> = FromSchema<{
  readonly type: 'object';
  readonly additionalProperties: false;
  readonly properties: Keys;
}>;
