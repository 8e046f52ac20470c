/** CSAF 2.0, profile VEX (https://docs.oasis-open.org/csaf/csaf/v2.0/csaf-v2.0.html, 4.5). */
import { fieldsOf, listOf, textOf, textsOf } from '../fields.ts';
import { zonedTimeOf } from '../time.ts';
import type { VexRead, VexStatement } from './statement.ts';

export function isCsaf(document: unknown): boolean {
  return textOf(fieldsOf(fieldsOf(document).document).csaf_version) !== undefined;
}

/** Branches of a product tree nest; deeper than this does none. */
const MOST_DEPTH = 30;

export function readCsaf(written: unknown): VexRead {
  const { document, product_tree, vulnerabilities } = fieldsOf(written);
  if (!Array.isArray(vulnerabilities))
    return { kind: 'malformed', why: 'it has no vulnerabilities' };
  const { tracking } = fieldsOf(document);
  const { status, current_release_date } = fieldsOf(tracking);
  // 3.2.1.12.8: drafts are not for those who go by them.
  if (status === 'draft') return { kind: 'malformed', why: 'it is a draft' };
  const purls = purlsById(product_tree);
  const at = zonedTimeOf(current_release_date);
  const statements = vulnerabilities.flatMap((each) => statementsOf(each, purls, at));
  return { kind: 'read', statements };
}

/** Of the products by their ids in the document: what a relationship puts together is known by its part. */
function purlsById(tree: unknown): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const { branches, full_product_names, relationships } = fieldsOf(tree);
  const note = (product: unknown): void => {
    const { product_id, product_identification_helper } = fieldsOf(product);
    const purl = textOf(fieldsOf(product_identification_helper).purl);
    if (typeof product_id === 'string' && purl?.startsWith('pkg:')) found.set(product_id, purl);
  };
  const walk = (list: unknown, depth: number): void => {
    for (const branch of depth > MOST_DEPTH ? [] : listOf(list)) {
      note(fieldsOf(branch).product);
      walk(fieldsOf(branch).branches, depth + 1);
    }
  };
  walk(branches, 0);
  for (const product of listOf(full_product_names)) note(product);
  for (const relationship of listOf(relationships)) {
    const { full_product_name, product_reference } = fieldsOf(relationship);
    const part = found.get(String(product_reference));
    const { product_id } = fieldsOf(full_product_name);
    note(full_product_name);
    if (typeof product_id === 'string' && part !== undefined && !found.has(product_id)) {
      found.set(product_id, part);
    }
  }
  return found;
}

const HARMLESS = ['known_not_affected', 'fixed', 'first_fixed'] as const;
const HARMFUL = [
  'known_affected',
  'under_investigation',
  'first_affected',
  'last_affected',
] as const;

function statementsOf(
  written: unknown,
  purls: ReadonlyMap<string, string>,
  at: VexStatement['at'],
): VexStatement[] {
  const { cve, ids, product_status, flags, threats } = fieldsOf(written);
  const aliases = listOf(ids).flatMap((each) => textOf(fieldsOf(each).text) ?? []);
  const names = [...(typeof cve === 'string' ? [cve] : []), ...aliases];
  if (names.length === 0) return [];
  const status = fieldsOf(product_status);
  const statementOf = (
    says: VexStatement['says'],
    product: string,
    why: string,
  ): VexStatement[] => {
    const purl = purls.get(product);
    return purl === undefined ? [] : [{ names, products: [purl], parts: [], says, why, at }];
  };
  return [
    ...HARMLESS.flatMap((key) =>
      textsOf(status[key]).flatMap((product) => {
        const why = key === 'known_not_affected' ? whyOf(product, flags, threats) : key;
        // The profile wants a reason; without one it excepts nothing.
        return why === undefined ? [] : statementOf('harmless', product, why);
      }),
    ),
    ...HARMFUL.flatMap((key) =>
      textsOf(status[key]).flatMap((product) => statementOf('harmful', product, key)),
    ),
  ];
}

/** The justification of a product: a flag, or a threat of the category impact. */
function whyOf(product: string, flags: unknown, threats: unknown): string | undefined {
  const isOf = (each: unknown): boolean => {
    const { product_ids, group_ids } = fieldsOf(each);
    // Of a group it is not known whom it has.
    if (product_ids === undefined) return group_ids === undefined;
    return textsOf(product_ids).includes(product);
  };
  const flag = listOf(flags).find(isOf);
  const impact = listOf(threats).find((each) => fieldsOf(each).category === 'impact' && isOf(each));
  return textOf(fieldsOf(flag).label) ?? textOf(fieldsOf(impact).details);
}
