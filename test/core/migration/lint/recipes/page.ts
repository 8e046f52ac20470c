/** The recipes as docs/migration-recipes.md has them: what is run is what people read. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';

export interface Backfill {
  readonly table: string;
  readonly key: string;
  readonly set: Readonly<Record<string, string>>;
  readonly where: string;
}

export interface Recipe {
  readonly number: number;
  readonly title: string;
  readonly refused: { readonly rule: string; readonly sql: string };
  readonly expand: string;
  readonly backfill: Backfill | undefined;
  readonly validate: string | undefined;
  readonly contract: string | undefined;
}

const PAGE = resolve(import.meta.dirname, '../../../../../docs/migration-recipes.md');

export function recipes(): readonly Recipe[] {
  const [, ...parts] = readFileSync(PAGE, 'utf8').split(/^## /m);
  return parts.map(recipeOf);
}

function recipeOf(text: string): Recipe {
  const [, number = '', title = ''] = /^(\d+)\. (.*)/.exec(text) ?? [];
  const blocks = new Map<string, string>();
  let rule = '';
  for (const [, head = '', body = ''] of text.matchAll(
    /```(?:sql|yaml)\n(?:--|#) (.*)\n([\s\S]*?)```/g,
  )) {
    const [kind = '', about = ''] = head.split(': ');
    blocks.set(kind, body);
    if (kind === 'refused') rule = about;
  }
  const backfill = blocks.get('backfill');
  return {
    number: Number(number),
    title,
    refused: { rule, sql: blocks.get('refused') ?? '' },
    expand: blocks.get('expand') ?? '',
    // The page's own, and of this shape: the test would fail to run any other.
    backfill: backfill === undefined ? undefined : (parse(backfill) as Backfill),
    validate: blocks.get('validate'),
    contract: blocks.get('contract'),
  };
}
