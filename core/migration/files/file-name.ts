/** The names of migration files: `0007_fulfillment_status.expand.up.sql`. */

export const FILE_KINDS = [
  'expand.up.sql',
  'expand.down.sql',
  'backfill.yaml',
  'validate.sql',
  'contract.up.sql',
  'contract.down.sql',
  'contract.irreversible',
] as const;
export type FileKind = (typeof FILE_KINDS)[number];

export interface FileName {
  readonly id: string;
  readonly slug: string;
  readonly kind: FileKind;
}

export type NameRead =
  | { readonly kind: 'migration'; readonly name: FileName }
  /** A README, or what begins with a dot: none of ours. */
  | { readonly kind: 'other' }
  | { readonly kind: 'fault'; readonly fault: string };

const FORM = /^(\d+)_([^.]*)\.(.+)$/;
const SLUG = /^[a-z0-9]+(?:[-_][a-z0-9]+)*$/;
const MOST_SLUG_CHARACTERS = 80;

export function readFileName(file: string): NameRead {
  if (file.startsWith('.') || /^README(\.\w+)?$/i.test(file)) return { kind: 'other' };
  const [, id = '', slug = '', kind = ''] = FORM.exec(file) ?? [];
  if (id === '') return fault('is not named like a migration: 0001_slug.expand.up.sql');
  if (id.length !== 4) return fault('must begin with a number of four digits, such as 0007');
  if (!SLUG.test(slug) || slug.length > MOST_SLUG_CHARACTERS) {
    return fault('has a slug that is not of small letters, digits, - and _ (at most 80)');
  }
  const known = FILE_KINDS.find((each) => each === kind);
  if (!known) return fault(`must end in one of ${FILE_KINDS.join(', ')}`);
  return { kind: 'migration', name: { id, slug, kind: known } };
}

function fault(text: string): NameRead {
  return { kind: 'fault', fault: text };
}
