/** OpenVEX 0.2.0 (https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md). */
import { fieldsOf, listOf, textOf } from '../fields.ts';
import { zonedTimeOf } from '../time.ts';
import type { VexRead, VexStatement } from './statement.ts';

const STATUSES = ['not_affected', 'affected', 'fixed', 'under_investigation'];

export function isOpenVex(document: unknown): boolean {
  const context = fieldsOf(document)['@context'];
  return typeof context === 'string' && context.startsWith('https://openvex.dev/ns');
}

export function readOpenVex(document: unknown): VexRead {
  const { statements, timestamp } = fieldsOf(document);
  if (!Array.isArray(statements)) return { kind: 'malformed', why: 'it has no statements' };
  const read: VexStatement[] = [];
  for (const [index, written] of statements.entries()) {
    const statement = statementOf(written, timestamp);
    if (typeof statement === 'string') {
      return { kind: 'malformed', why: `statement ${index}: ${statement}` };
    }
    read.push(statement);
  }
  return { kind: 'read', statements: read };
}

/** Or what is wrong with it. */
function statementOf(written: unknown, documentTime: unknown): VexStatement | string {
  const { vulnerability, products, status, justification, impact_statement, timestamp } =
    fieldsOf(written);
  const names = namesOf(vulnerability);
  if (names.length === 0) return 'names no vulnerability';
  if (typeof status !== 'string' || !STATUSES.includes(status)) return 'has no known status';
  const why = textOf(justification) ?? textOf(impact_statement);
  if (status === 'not_affected' && why === undefined) {
    return 'is not_affected without a justification or an impact_statement';
  }
  return {
    names,
    products: listOf(products).flatMap(purlsOf),
    parts: listOf(products).flatMap((each) =>
      listOf(fieldsOf(each).subcomponents).flatMap(purlsOf),
    ),
    says: status === 'not_affected' || status === 'fixed' ? 'harmless' : 'harmful',
    why: why ?? status,
    at: zonedTimeOf(timestamp ?? documentTime),
  };
}

function namesOf(vulnerability: unknown): string[] {
  // Version 0.0.1 has the name alone.
  if (typeof vulnerability === 'string') return [vulnerability];
  const { name, aliases, '@id': id } = fieldsOf(vulnerability);
  return [name, ...listOf(aliases), id].flatMap((each) => textOf(each) ?? []);
}

/** Of a product or a subcomponent, which may be a text. */
function purlsOf(component: unknown): string[] {
  const { '@id': id, identifiers } = fieldsOf(component);
  return [component, id, fieldsOf(identifiers).purl].flatMap((each) => {
    const text = textOf(each);
    return text?.startsWith('pkg:') ? [text] : [];
  });
}
