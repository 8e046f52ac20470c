/**
 * Locks on tables, weakest first, and what each keeps others from
 * (PostgreSQL's documentation, "Explicit Locking", table 13.2).
 */
export const LOCK_MODES = [
  'AccessShare',
  'RowShare',
  'RowExclusive',
  'ShareUpdateExclusive',
  'Share',
  'ShareRowExclusive',
  'Exclusive',
  'AccessExclusive',
] as const;
export type LockMode = (typeof LOCK_MODES)[number];

/** As LOCK TABLE and the documentation write it. */
export function lockText(mode: LockMode): string {
  return mode.replaceAll(/(?<!^)(?=[A-Z])/g, ' ').toUpperCase();
}

/** In a word for the person who waits behind it. */
export const BLOCKS: Readonly<Record<LockMode, string>> = {
  AccessShare: 'blocks only other DDL',
  RowShare: 'blocks only other DDL',
  RowExclusive: 'blocks only DDL',
  ShareUpdateExclusive: 'reads and writes go on; other DDL and VACUUM wait',
  Share: 'reads go on; every write waits',
  ShareRowExclusive: 'reads go on; every write waits',
  Exclusive: 'plain reads go on; every write waits',
  AccessExclusive: 'every read and write waits',
};

export function isStronger(one: LockMode, other: LockMode): boolean {
  return LOCK_MODES.indexOf(one) > LOCK_MODES.indexOf(other);
}

/** Whether the requests of a running application wait behind it. */
export function stopsWrites(mode: LockMode): boolean {
  return isStronger(mode, 'ShareUpdateExclusive');
}
