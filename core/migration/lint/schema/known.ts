/**
 * What is known of a schema from the statements that made it: never all, unless all of them were seen. It is
 * changed in place: a file may have as many statements on one table as fit into a megabyte.
 */
import type { ConstraintKind, TypeName } from '../tree/columns.ts';

export type TableKind = 'table' | 'partitioned' | 'view' | 'matview' | 'temporary';

export interface KnownColumn {
  type: TypeName | undefined;
  isNotNull: boolean;
  hasDefault: boolean;
  readonly isVirtual: boolean;
}

export interface KnownConstraint {
  readonly kind: ConstraintKind;
  readonly columns: readonly string[];
  /** The key of the table that a foreign key leads to. */
  readonly references: string | undefined;
  isValid: boolean;
  readonly provesNotNull: string | undefined;
}

export interface KnownTable {
  readonly kind: TableKind;
  /** The number of the file that made it; 0: none of those at hand. */
  readonly bornIn: number;
  /** All its columns and constraints are known. */
  readonly isWhole: boolean;
  readonly columns: Map<string, KnownColumn>;
  readonly constraints: Map<string, KnownConstraint>;
  /** Keys of what it is a partition of, or inherits from. */
  parents: readonly string[];
  readonly isDefaultPartition: boolean;
  /** Keys of what a view reads. */
  readonly reads: readonly string[];
  /** As the server reckons; undefined where no server was asked. */
  readonly rows: number | undefined;
}

export interface KnownIndex {
  readonly table: string;
  readonly isUnique: boolean;
  /** Undefined where it has expressions or a condition. */
  readonly columns: readonly string[] | undefined;
}

export interface KnownType {
  readonly form: 'enum' | 'domain' | 'other';
  /** A domain that has a CHECK or NOT NULL. */
  readonly isChecked: boolean;
  /** What a domain is of. */
  readonly base: TypeName | undefined;
  readonly bornIn: number;
}

export interface KnownRoutine {
  readonly language: string;
  readonly volatility: 'immutable' | 'stable' | 'volatile';
  /** Undefined where it is no text. */
  readonly body: string | undefined;
  /** The whole statement that made it; undefined where that is not known. */
  readonly text: string | undefined;
}

export function unknownTable(): KnownTable {
  return {
    kind: 'table',
    bornIn: 0,
    isWhole: false,
    columns: new Map(),
    constraints: new Map(),
    parents: [],
    isDefaultPartition: false,
    reads: [],
    rows: undefined,
  };
}

export function unknownColumn(): KnownColumn {
  return { type: undefined, isNotNull: false, hasDefault: false, isVirtual: false };
}
