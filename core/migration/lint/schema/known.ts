/** What is known of a schema from the statements that made it: never all, unless all of them were seen. */
import type { ConstraintKind, TypeName } from '../tree/columns.ts';

export type TableKind = 'table' | 'partitioned' | 'view' | 'matview' | 'temporary';

export interface KnownColumn {
  readonly type: TypeName | undefined;
  readonly isNotNull: boolean;
  readonly hasDefault: boolean;
  readonly isVirtual: boolean;
}

export interface KnownConstraint {
  readonly kind: ConstraintKind;
  readonly columns: readonly string[];
  /** The key of the table that a foreign key leads to. */
  readonly references: string | undefined;
  readonly isValid: boolean;
  readonly provesNotNull: string | undefined;
}

export interface KnownTable {
  readonly kind: TableKind;
  /** Made by the file at hand: no one else has seen it yet. */
  readonly isNew: boolean;
  /** All its columns and constraints are known. */
  readonly isWhole: boolean;
  readonly columns: ReadonlyMap<string, KnownColumn>;
  readonly constraints: ReadonlyMap<string, KnownConstraint>;
  /** Keys of what it is a partition of, or inherits from. */
  readonly parents: readonly string[];
  readonly isDefaultPartition: boolean;
  /** Keys of what a view reads. */
  readonly reads: readonly string[];
}

export interface KnownIndex {
  readonly table: string;
  readonly isUnique: boolean;
  /** Undefined where it has expressions or a condition. */
  readonly columns: readonly string[] | undefined;
  readonly isNew: boolean;
}

export interface KnownType {
  readonly form: 'enum' | 'domain' | 'other';
  /** A domain that has a CHECK or NOT NULL. */
  readonly isChecked: boolean;
  /** What a domain is of. */
  readonly base: TypeName | undefined;
  readonly isNew: boolean;
  /** Labels of an enum that the file at hand has added. */
  readonly newLabels: readonly string[];
}

export interface KnownRoutine {
  readonly language: string;
  readonly body: string | undefined;
  readonly volatility: 'immutable' | 'stable' | 'volatile';
}

export const UNKNOWN_TABLE: KnownTable = {
  kind: 'table',
  isNew: false,
  isWhole: false,
  columns: new Map(),
  constraints: new Map(),
  parents: [],
  isDefaultPartition: false,
  reads: [],
};

export const UNKNOWN_COLUMN: KnownColumn = {
  type: undefined,
  isNotNull: false,
  hasDefault: false,
  isVirtual: false,
};
