/** What a transaction holds already when its next statement comes. */
import { stopsWrites } from '../locks/modes.ts';
import type { Touch } from '../locks/touch.ts';
import type { Schema } from '../schema/schema.ts';
import type { Act } from '../tree/act.ts';

export class Transaction {
  /** Of tables that running versions know, by key: what keeps their writes out. */
  readonly held = new Map<string, Touch>();
  /** Labels that it has given to enums, which it cannot use yet. */
  readonly labels = new Set<string>();
  /** Whether more than one statement is in it: the body of a block or a routine is, too. */
  isShared: boolean;
  hasLockTimeout: boolean;
  /** Statements before. */
  count = 0;

  constructor(isShared: boolean, hasLockTimeout: boolean) {
    this.isShared = isShared;
    this.hasLockTimeout = hasLockTimeout;
  }

  add(schema: Schema, act: Act, touches: readonly Touch[]): void {
    this.count += 1;
    for (const each of touches) {
      const { relation, lock } = each;
      if (!relation || !stopsWrites(lock) || schema.isNew(relation)) continue;
      this.held.set(schema.keyOf(relation), each);
    }
    if (act.kind === 'alter-enum' && act.added !== undefined) this.labels.add(act.added);
    if (act.kind === 'set' && act.name === 'lock_timeout') {
      this.hasLockTimeout = act.value !== undefined && act.value !== '0';
    }
  }
}
