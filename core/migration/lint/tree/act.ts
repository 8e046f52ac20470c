/**
 * What a statement does, as far as locks, rewrites and running versions care: the parse tree, narrowed.
 * One statement may be several acts: `ALTER TABLE … ADD …, DROP …`.
 */
import type { Column, Constraint, TypeName } from './columns.ts';
import type { Name } from './names.ts';
import type { Fields } from './node.ts';

/** What ALTER TABLE does; `subtype` is the parser's own word for it. */
export type Change =
  | { readonly kind: 'add-column'; readonly column: Column; readonly missingOnly: boolean }
  | { readonly kind: 'drop-column'; readonly column: string; readonly cascade: boolean }
  | { readonly kind: 'change-type'; readonly column: string; readonly to: NewType }
  | { readonly kind: 'set-default'; readonly column: string; readonly isDropped: boolean }
  | { readonly kind: 'column'; readonly subtype: string; readonly column: string }
  | { readonly kind: 'add-constraint'; readonly constraint: Constraint }
  | {
      readonly kind: 'constraint';
      readonly subtype: string;
      readonly name: string;
      readonly cascade: boolean;
    }
  | { readonly kind: 'attach'; readonly partition: Name; readonly isDefault: boolean }
  | {
      readonly kind: 'detach';
      readonly partition: Name;
      readonly way: 'plain' | 'concurrently' | 'finalize';
    }
  | { readonly kind: 'inherit'; readonly parent: Name; readonly isDropped: boolean }
  | { readonly kind: 'options'; readonly names: readonly string[] }
  | { readonly kind: 'plain'; readonly subtype: string };

export interface NewType {
  readonly type: TypeName | undefined;
  readonly hasUsing: boolean;
  readonly hasCollation: boolean;
}

/** What ALTER TABLE, RENAME and SET SCHEMA are said of. */
export type Relkind =
  | 'table'
  | 'view'
  | 'matview'
  | 'index'
  | 'sequence'
  | 'foreign-table'
  | 'other';

export interface CreateTable {
  readonly kind: 'create-table';
  readonly table: Name;
  readonly missingOnly: boolean;
  readonly isTemporary: boolean;
  readonly isPartitioned: boolean;
  readonly columns: readonly Column[];
  readonly constraints: readonly Constraint[];
  readonly partitionOf: Name | undefined;
  readonly isDefaultPartition: boolean;
  readonly inherits: readonly Name[];
  readonly likes: readonly Name[];
}

export interface CreateIndex {
  readonly kind: 'create-index';
  readonly index: string | undefined;
  readonly table: Name;
  readonly isUnique: boolean;
  readonly isConcurrent: boolean;
  readonly missingOnly: boolean;
  /** ON ONLY: of a partitioned table, and of none of its partitions. */
  readonly isOnly: boolean;
  /** Of plain columns; undefined where it has expressions or a condition. */
  readonly columns: readonly string[] | undefined;
}

export interface Drop {
  readonly kind: 'drop';
  /** `table`, `index`, `view`, `type`, `function`, `schema`, … */
  readonly what: string;
  readonly names: readonly Name[];
  /** Of a trigger, a policy, a rule: the table that it belongs to. */
  readonly ofTable: Name | undefined;
  readonly isConcurrent: boolean;
  readonly cascade: boolean;
  readonly missingOk: boolean;
}

/** What reads and writes rows. */
export interface Data {
  readonly kind: 'data';
  readonly verb: 'select' | 'insert' | 'update' | 'delete' | 'merge' | 'copy';
  readonly target: Name | undefined;
  /** Whether a WHERE, a LIMIT or a list of values bounds what is written. */
  readonly hasCondition: boolean;
  /** Whether the condition asks nothing but which columns are NULL. */
  readonly isByNullAlone: boolean;
  readonly isWriting: boolean;
  readonly reads: readonly Name[];
  readonly locksRows: boolean;
  /** Of whatever is called in it. */
  readonly calls: readonly Name[];
  /** The shape of what COPY reads or writes: a file of the server, a program, the client. */
  readonly copies: 'file' | 'program' | 'client' | undefined;
}

export interface Routine {
  readonly kind: 'create-routine';
  readonly name: Name;
  readonly replaces: boolean;
  readonly isProcedure: boolean;
  readonly language: string;
  /** Undefined where it is written as SQL (`BEGIN ATOMIC`), or lies in a library. */
  readonly body: string | undefined;
  readonly volatility: 'immutable' | 'stable' | 'volatile';
}

export type Act =
  | {
      readonly kind: 'alter-table';
      readonly of: Relkind;
      readonly table: Name;
      readonly change: Change;
    }
  | {
      readonly kind: 'rename';
      readonly what: string;
      readonly of: Name;
      readonly from: string;
      readonly to: string;
    }
  | { readonly kind: 'set-schema'; readonly what: string; readonly of: Name; readonly to: string }
  | CreateTable
  | {
      readonly kind: 'create-table-as';
      readonly table: Name;
      readonly isMatview: boolean;
      readonly isTemporary: boolean;
      readonly reads: readonly Name[];
    }
  | CreateIndex
  | Drop
  | {
      readonly kind: 'reindex';
      readonly what: string;
      readonly name: Name;
      readonly isConcurrent: boolean;
    }
  | {
      readonly kind: 'vacuum';
      readonly isFull: boolean;
      readonly isAnalyze: boolean;
      readonly tables: readonly Name[];
    }
  | { readonly kind: 'cluster'; readonly table: Name | undefined }
  | { readonly kind: 'truncate'; readonly tables: readonly Name[]; readonly cascade: boolean }
  | { readonly kind: 'lock'; readonly tables: readonly Name[]; readonly mode: number }
  | {
      readonly kind: 'create-view';
      readonly view: Name;
      readonly replaces: boolean;
      readonly reads: readonly Name[];
    }
  | {
      readonly kind: 'refresh';
      readonly view: Name;
      readonly isConcurrent: boolean;
      readonly isEmpty: boolean;
    }
  | {
      readonly kind: 'create-trigger';
      readonly name: string;
      readonly table: Name;
      readonly replaces: boolean;
      readonly references: Name | undefined;
      /** What it runs. */
      readonly routine: Name;
    }
  /** Whose something is that is no relation. */
  | { readonly kind: 'owner'; readonly what: string; readonly of: Name }
  | { readonly kind: 'create-rule'; readonly table: Name }
  | { readonly kind: 'policy'; readonly table: Name; readonly isNew: boolean }
  | { readonly kind: 'create-statistics'; readonly tables: readonly Name[] }
  | { readonly kind: 'comment'; readonly what: string; readonly of: Name }
  | {
      readonly kind: 'grant';
      readonly isRevoked: boolean;
      readonly what: string;
      readonly of: readonly Name[];
    }
  | {
      readonly kind: 'create-type';
      readonly name: Name;
      readonly form: 'enum' | 'domain' | 'other';
      readonly isChecked: boolean;
      /** What a domain is of. */
      readonly base: TypeName | undefined;
      readonly labels: readonly string[];
    }
  | {
      readonly kind: 'alter-enum';
      readonly name: Name;
      readonly added: string | undefined;
      readonly renamed: string | undefined;
    }
  | {
      readonly kind: 'alter-domain';
      readonly name: Name;
      readonly change: string;
      readonly isNotValid: boolean;
    }
  | {
      readonly kind: 'sequence';
      readonly name: Name;
      readonly isNew: boolean;
      readonly ownedBy: Name | undefined;
    }
  | Routine
  | { readonly kind: 'call'; readonly routine: Name }
  | { readonly kind: 'do'; readonly language: string; readonly body: string }
  | Data
  | { readonly kind: 'transaction'; readonly verb: string }
  | {
      readonly kind: 'set';
      readonly name: string;
      readonly value: string | undefined;
      readonly isLocal: boolean;
    }
  | { readonly kind: 'publication'; readonly tables: readonly Name[]; readonly isAll: boolean }
  | { readonly kind: 'extension'; readonly isNew: boolean; readonly name: string }
  /** Of the whole server or database, and none of a migration's business. */
  | { readonly kind: 'server-wide'; readonly what: string }
  /** Known to touch no table: schemas, casts, text search, … */
  | { readonly kind: 'harmless'; readonly what: string }
  | { readonly kind: 'unknown'; readonly what: string };

/** An act, and where it is written, in bytes from the start of its statement. */
export interface PlacedAct {
  readonly act: Act;
  readonly place: number;
  /** Of a value that a rule looks into: a default, a condition. */
  readonly fields: Fields;
}
