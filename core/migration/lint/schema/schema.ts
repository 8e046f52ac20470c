/** The schema as far as the statements that were read tell it; looked up by name as PostgreSQL would. */
import type { Name } from '../tree/names.ts';
import {
  type KnownIndex,
  type KnownRoutine,
  type KnownTable,
  type KnownType,
  unknownTable,
} from './known.ts';

export class Schema {
  readonly tables = new Map<string, KnownTable>();
  readonly indexes = new Map<string, KnownIndex>();
  readonly types = new Map<string, KnownType>();
  readonly routines = new Map<string, KnownRoutine>();
  /** The schema of names that name none: the first of `search_path`. */
  searchPath = 'public';
  /** The number of the file that is being read. */
  file = 0;
  // Where a look at every table would be needed. What they lead to may have gone since: it is looked at.
  private readonly children = new Links();
  private readonly referrers = new Links();
  private readonly readers = new Links();
  /** By the key of the table that it is a partition of. */
  private readonly defaults = new Map<string, string>();
  /** Keys of functions that triggers run. */
  private readonly ofTriggers = new Set<string>();

  /** A trigger runs it from now on. */
  noteTrigger(routine: Name): void {
    this.ofTriggers.add(this.keyOf(routine));
  }

  isOfTrigger(routine: Name): boolean {
    return this.ofTriggers.has(this.keyOf(routine));
  }

  keyOf({ schema, name }: Name): string {
    return `${schema ?? this.searchPath}.${name}`;
  }

  table(name: Name): KnownTable | undefined {
    return this.tables.get(this.keyOf(name));
  }

  index(name: Name): KnownIndex | undefined {
    return this.indexes.get(this.keyOf(name));
  }

  type(name: Name): KnownType | undefined {
    return this.types.get(this.keyOf(name));
  }

  routine(name: Name): KnownRoutine | undefined {
    return this.routines.get(this.keyOf(name));
  }

  /** Made by the file at hand: no running version knows it. */
  isNew(name: Name): boolean {
    const table = this.table(name);
    if (table?.kind === 'temporary') return true;
    return table !== undefined && table.bornIn === this.file && this.file > 0;
  }

  put(key: string, table: KnownTable): void {
    this.tables.set(key, table);
    for (const parent of table.parents) {
      this.children.add(parent, key);
      if (table.isDefaultPartition) this.defaults.set(parent, key);
    }
    for (const read of table.reads) this.readers.add(read, key);
    for (const { references } of table.constraints.values()) this.refer(key, references);
  }

  /** A foreign key of one table to another. */
  refer(from: string, to: string | undefined): void {
    if (to !== undefined) this.referrers.add(to, from);
  }

  /** The table of that name, as one of which nothing is known where no statement has made it. */
  known(name: Name): KnownTable {
    const key = this.keyOf(name);
    const table = this.tables.get(key) ?? unknownTable();
    this.tables.set(key, table);
    return table;
  }

  setParents(name: Name, parents: readonly string[]): void {
    this.known(name).parents = parents;
    for (const parent of parents) this.children.add(parent, this.keyOf(name));
  }

  /** Under another name, or in another schema: what belongs to it goes with it. */
  move(from: string, to: string): void {
    const table = this.tables.get(from);
    if (!table || from === to) return;
    this.tables.delete(from);
    const moved = (key: string): string => (key === from ? to : key);
    for (const heir of this.children.of(from)) {
      const child = this.tables.get(heir);
      if (child) this.put(heir, { ...child, parents: child.parents.map(moved) });
    }
    for (const reader of this.readers.of(from)) {
      const view = this.tables.get(reader);
      if (view) this.put(reader, { ...view, reads: view.reads.map(moved) });
    }
    for (const referrer of this.referrers.of(from)) {
      for (const [name, constraint] of this.tables.get(referrer)?.constraints ?? []) {
        if (constraint.references !== from) continue;
        this.tables.get(referrer)?.constraints.set(name, { ...constraint, references: to });
        this.refer(referrer, to);
      }
    }
    this.put(to, table);
  }

  /** Keys of partitions and heirs of a table, however far below; of very many the first. */
  heirsOf(key: string): readonly string[] {
    const isChild = (child: string, of: string): boolean =>
      this.tables.get(child)?.parents.includes(of) === true;
    return this.children.below(key, isChild);
  }

  /** The key of its default partition: where no other one is for a row. */
  defaultOf(key: string): readonly string[] {
    const found = this.defaults.get(key);
    const isStill = found !== undefined && this.tables.get(found)?.parents.includes(key) === true;
    return isStill ? [found] : [];
  }

  /** Keys of tables with a foreign key that leads to this one. */
  referencing(key: string): readonly string[] {
    return this.referrers.of(key).filter((other) => this.referencedBy(other).includes(key));
  }

  /** Keys of tables that this one's foreign keys lead to. */
  referencedBy(key: string): readonly string[] {
    const constraints = this.tables.get(key)?.constraints.values() ?? [];
    return [...constraints].flatMap(({ references }) => references ?? []);
  }

  /** Keys of views that read a relation, and of views that read those. */
  viewsOf(key: string): readonly string[] {
    const isReader = (view: string, of: string): boolean =>
      this.tables.get(view)?.reads.includes(of) === true;
    return this.readers.below(key, isReader);
  }

  /** What was new is not any more. */
  nextFile(): void {
    this.file += 1;
    this.searchPath = 'public';
    for (const [key, { kind }] of this.tables) if (kind === 'temporary') this.tables.delete(key);
  }
}

/** Which keys a key leads to. */
class Links {
  private readonly to = new Map<string, Set<string>>();

  add(from: string, to: string): void {
    const known = this.to.get(from);
    if (known) known.add(to);
    else this.to.set(from, new Set([to]));
  }

  of(key: string): readonly string[] {
    return [...(this.to.get(key) ?? [])];
  }

  /** However far they lead, but no more of them than are needed to judge what is done to all. */
  below(key: string, holds: (to: string, from: string) => boolean): readonly string[] {
    const found = new Set<string>();
    const left = [key];
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      for (const to of this.to.get(next) ?? []) {
        if (found.has(to) || !holds(to, next)) continue;
        found.add(to);
        left.push(to);
        if (found.size >= MOST_LINKED) return [...found];
      }
    }
    return [...found];
  }
}

const MOST_LINKED = 500;

/** The name of a key, without the schema that is everybody's. */
export function nameOfKey(key: string): Name {
  const dot = key.indexOf('.');
  const schema = key.slice(0, dot);
  return { schema: schema === 'public' ? undefined : schema, name: key.slice(dot + 1) };
}
