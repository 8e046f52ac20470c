/** The schema as far as the statements that were read tell it; looked up by name as PostgreSQL would. */
import type { Name } from '../tree/names.ts';
import type { KnownIndex, KnownRoutine, KnownTable, KnownType } from './known.ts';

export class Schema {
  readonly tables = new Map<string, KnownTable>();
  readonly indexes = new Map<string, KnownIndex>();
  readonly types = new Map<string, KnownType>();
  readonly routines = new Map<string, KnownRoutine>();
  /** The schema of names that name none: the first of `search_path`. */
  searchPath = 'public';

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

  /** Made by the file at hand. */
  isNew(name: Name): boolean {
    return this.table(name)?.isNew === true;
  }

  /** Keys of partitions and heirs of a table, however far below. */
  heirsOf(key: string): readonly string[] {
    const found = new Set<string>();
    const left = [key];
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      for (const [heir, { parents }] of this.tables) {
        if (!parents.includes(next) || found.has(heir)) continue;
        found.add(heir);
        left.push(heir);
      }
    }
    return [...found];
  }

  /** Keys of tables with a foreign key that leads to this one. */
  referencing(key: string): readonly string[] {
    return [...this.tables].flatMap(([other, { constraints }]) =>
      [...constraints.values()].some(({ references }) => references === key) ? [other] : [],
    );
  }

  /** Keys of tables that this one's foreign keys lead to. */
  referencedBy(key: string): readonly string[] {
    const constraints = this.tables.get(key)?.constraints.values() ?? [];
    return [...constraints].flatMap(({ references }) => references ?? []);
  }

  /** Keys of views that read a relation, and of views that read those. */
  viewsOf(key: string): readonly string[] {
    const found = new Set<string>();
    const left = [key];
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      for (const [view, { reads }] of this.tables) {
        if (!reads.includes(next) || found.has(view)) continue;
        found.add(view);
        left.push(view);
      }
    }
    return [...found];
  }

  /** The same as it stands, for another file: what was new is not, and changes are its own. */
  forNextFile(): Schema {
    const next = new Schema();
    for (const [key, table] of this.tables) {
      if (table.kind !== 'temporary') next.tables.set(key, { ...table, isNew: false });
    }
    for (const [key, index] of this.indexes) next.indexes.set(key, { ...index, isNew: false });
    for (const [key, type] of this.types) {
      next.types.set(key, { ...type, isNew: false, newLabels: [] });
    }
    for (const [key, routine] of this.routines) next.routines.set(key, routine);
    return next;
  }
}

/** The name of a key, without the schema that is everybody's. */
export function nameOfKey(key: string): Name {
  const dot = key.indexOf('.');
  const schema = key.slice(0, dot);
  return { schema: schema === 'public' ? undefined : schema, name: key.slice(dot + 1) };
}
