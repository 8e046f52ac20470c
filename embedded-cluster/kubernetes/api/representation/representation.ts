/** How objects are written to a client. */

import type { Kind } from '../../definitions/kind.ts';
import type { KubeObject } from '../../store/object.ts';
import type { ColumnsOf } from './tables/table.ts';

export interface ListMeta {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

export type EventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';

/** Each gives JSON text. */
export interface Representation {
  one(object: KubeObject): string;
  list(objects: readonly KubeObject[], meta: ListMeta): string;
  /** One line of a watch. */
  event(type: EventType, object: KubeObject): string;
}

export interface RepresentationRequest {
  readonly kind: Kind;
  readonly version: string;
  readonly accept: string | undefined;
  readonly query: URLSearchParams;
  readonly nowMs: () => number;
  readonly columnsOf: ColumnsOf;
}
