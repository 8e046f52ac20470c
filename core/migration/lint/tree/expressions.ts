/**
 * Whether an expression has the same value for every row that is there: then PostgreSQL keeps it once, and
 * writes no row anew (since version 11).
 */

import { type Name, nameText, qualifiedOf } from './names.ts';
import { type Fields, nodesIn } from './node.ts';

export type Volatility = 'fixed' | 'volatile' | 'unknown';

/** Functions of PostgreSQL's own, and of extensions that defaults are made with, that are volatile. */
const VOLATILE = new Set([
  ...['clock_timestamp', 'timeofday', 'random', 'random_normal', 'setseed', 'nextval', 'setval'],
  ...['currval', 'lastval', 'gen_random_uuid', 'uuidv4', 'uuidv7', 'pg_sleep', 'set_config'],
  ...['txid_current', 'pg_current_xact_id', 'gen_random_bytes', 'gen_salt'],
  ...['uuid_generate_v1', 'uuid_generate_v1mc', 'uuid_generate_v4', 'pg_notify', 'lo_create'],
]);

/** Those that are not, and are met in defaults. */
const FIXED = new Set([
  ...['now', 'transaction_timestamp', 'statement_timestamp', 'current_setting', 'current_database'],
  ...[
    'current_schema',
    'make_date',
    'make_time',
    'make_timestamp',
    'make_timestamptz',
    'make_interval',
  ],
  ...[
    'date_trunc',
    'date_part',
    'extract',
    'age',
    'to_char',
    'to_date',
    'to_timestamp',
    'to_number',
  ],
  ...['timezone', 'lower', 'upper', 'concat', 'concat_ws', 'coalesce', 'md5', 'sha256', 'encode'],
  ...[
    'decode',
    'length',
    'repeat',
    'replace',
    'format',
    'left',
    'right',
    'substring',
    'btrim',
    'trim',
  ],
  ...['abs', 'round', 'ceil', 'floor', 'power', 'json_build_object', 'jsonb_build_object'],
  ...[
    'json_build_array',
    'jsonb_build_array',
    'to_json',
    'to_jsonb',
    'array_fill',
    'inet_client_addr',
  ],
  ...[
    'int4range',
    'int8range',
    'numrange',
    'daterange',
    'tsrange',
    'tstzrange',
    'point',
    'num_nulls',
  ],
]);

/** `knownVolatility` tells of a function that the files have made. */
export function volatilityOf(
  expression: unknown,
  knownVolatility: (name: Name) => Volatility,
): { readonly volatility: Volatility; readonly because: string } {
  let found: { volatility: Volatility; because: string } = { volatility: 'fixed', because: '' };
  for (const { kind, fields } of nodesIn(expression)) {
    const volatility = kind === 'FuncCall' ? ofCall(fields, knownVolatility) : 'fixed';
    if (volatility === 'fixed') continue;
    const because = `${nameText(qualifiedOf(fields.funcname))}()`;
    if (volatility === 'volatile') return { volatility, because };
    found = { volatility, because };
  }
  return found;
}

function ofCall(fields: Fields, knownVolatility: (name: Name) => Volatility): Volatility {
  const name = qualifiedOf(fields.funcname);
  if (name.schema === undefined || name.schema === 'pg_catalog') {
    if (VOLATILE.has(name.name)) return 'volatile';
    if (FIXED.has(name.name)) return 'fixed';
  }
  return knownVolatility(name);
}
