/** One request on its way to an answer: what was asked, by whom, about which kind. */

import type { Kind } from '../definitions/kind.ts';
import type { World } from '../world.ts';
import type { Attributes, PolicyRule } from './access/rules.ts';
import type { Tokens } from './access/tokens.ts';
import type { User } from './access/user.ts';
import type { Admissions } from './admission/admission.ts';
import type { Catalog } from './catalog.ts';
import type { PodLogs } from './pod-logs.ts';
import { representationFor } from './representation/negotiation.ts';
import type { Representation } from './representation/representation.ts';
import { createColumnsOf } from './representation/tables/columns.ts';
import type { ApiRequest } from './request/http.ts';
import type { ResourceTarget } from './request/target.ts';

/** A call that the API has decided on, for those who want to know who may do what, and why. */
export interface DecidedCall {
  readonly user: string;
  /** The pod that the caller's token ends with; undefined for one that outlives pods. */
  readonly pod: string | undefined;
  readonly attributes: Attributes;
  readonly granted: { readonly role: string; readonly rule: PolicyRule } | undefined;
}

export interface FrontOptions {
  readonly catalog: Catalog;
  readonly tokens: Tokens;
  /** The bearer token of the user who may do everything. */
  readonly adminToken: string;
  readonly podLogs?: PodLogs;
  readonly admissions?: Admissions;
  readonly onCall?: (call: DecidedCall) => void;
}

export interface Call {
  readonly world: World;
  readonly options: FrontOptions;
  readonly request: ApiRequest;
  readonly target: ResourceTarget;
  readonly kind: Kind;
  readonly user: User;
  /** What the client is to be warned of, besides the answer. */
  readonly warnings: string[];
}

export function representationOf({ world, request, target, kind }: Call): Representation {
  return representationFor({
    kind,
    version: target.version,
    accept: request.headers.accept,
    query: target.query,
    nowMs: () => world.clock.now(),
    columnsOf: createColumnsOf(world.store),
  });
}
