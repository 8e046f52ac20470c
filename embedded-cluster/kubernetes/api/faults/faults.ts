/**
 * Faults that can be switched on while the API runs: a layer over the front that answers wrongly,
 * late or not at all. What it does to an answer shows without sockets as well.
 */
import { type Clock, sleep } from '../../../base/clock.ts';
import type { Random } from '../../../base/random.ts';
import { ApiFailure, type FailureReason } from '../../definitions/failure.ts';
import type { Running, World } from '../../world.ts';
import { authenticate, type Credentials } from '../access/authentication.ts';
import type { Front } from '../front.ts';
import { AnswerLost, type ApiRequest, type ApiResponse, refusal } from '../request/http.ts';
import { parseTarget, type ResourceTarget } from '../request/target.ts';
import { failing } from './fault-streams.ts';

export type Fault =
  /** Refused, nothing done. */
  | {
      readonly type: 'refused';
      readonly reason: FailureReason;
      readonly message?: string;
      readonly retryAfterSeconds?: number;
    }
  /** Nothing done and nothing said until the connection is cut. */
  | { readonly type: 'unanswered'; readonly afterMs: number }
  /** Done, but the connection is cut before the answer. */
  | { readonly type: 'answer-lost' }
  /** Done, and answered late. */
  | { readonly type: 'delayed'; readonly delayMs: number }
  /** A watch that ends. */
  | { readonly type: 'watch-dropped'; readonly afterMs: number }
  /** A watch that stays connected and says nothing more. */
  | { readonly type: 'watch-silent'; readonly afterMs: number }
  /** A watch that tells everything late. */
  | { readonly type: 'watch-lagging'; readonly lagMs: number };

export interface FaultRule {
  /** Which calls it meets; what is left out meets all. */
  readonly users?: readonly string[];
  readonly verbs?: readonly string[];
  /** Plurals, as in `deployments`. */
  readonly resources?: readonly string[];
  readonly names?: readonly string[];
  /** How often of those; always if left out. */
  readonly probability?: number;
  /** How many times at most. */
  readonly times?: number;
  readonly fault: Fault;
}

export interface Faults {
  /** The API with its faults. */
  readonly handler: (request: ApiRequest) => Promise<ApiResponse>;
  /** Switches a rule on; stopping it switches it off. The first rule that meets a call counts. */
  add(rule: FaultRule): Running;
}

export function createFaults(world: World, front: Front, credentials: Credentials): Faults {
  const rules: { readonly rule: FaultRule; left: number }[] = [];

  const faultFor = (request: ApiRequest): Fault | undefined => {
    if (rules.length === 0) return undefined;
    const target = resourceIn(request);
    if (!target) return undefined;
    const user = (): string => userOf(request, credentials);
    const met = rules.find(
      ({ rule, left }) => left > 0 && meets(rule, target, user) && strikes(rule, world.random),
    );
    if (met) met.left -= 1;
    return met?.rule.fault;
  };

  return {
    handler: async (request) => {
      const fault = faultFor(request);
      return fault ? faulty(fault, () => front(request), world.clock) : front(request);
    },
    add: (rule) => {
      const entry = { rule, left: rule.times ?? Number.POSITIVE_INFINITY };
      rules.push(entry);
      return {
        stop: () => {
          entry.left = 0;
        },
      };
    },
  };
}

async function faulty(fault: Fault, answer: () => ApiResponse, clock: Clock): Promise<ApiResponse> {
  switch (fault.type) {
    case 'refused':
      return refusal(failureFor(fault));
    case 'unanswered':
      await sleep(clock, fault.afterMs);
      throw new AnswerLost();
    case 'answer-lost':
      answer();
      throw new AnswerLost();
    case 'delayed': {
      const response = answer();
      await sleep(clock, fault.delayMs);
      return response;
    }
    case 'watch-dropped':
    case 'watch-silent':
    case 'watch-lagging': {
      const response = answer();
      return 'stream' in response
        ? { ...response, stream: failing(response.stream, fault, clock) }
        : response;
    }
  }
}

const WRITES = ['create', 'update', 'patch', 'delete'];

/** What a bad day looks like: `share` of all calls fail, each in one of the ways they fail. */
export function mixedFaults(share: number): FaultRule[] {
  const faults: Omit<FaultRule, 'probability'>[] = [
    { verbs: ['update', 'patch'], fault: { type: 'refused', reason: 'Conflict' } },
    { fault: { type: 'refused', reason: 'TooManyRequests', retryAfterSeconds: 1 } },
    { fault: { type: 'refused', reason: 'InternalError' } },
    { verbs: WRITES, fault: { type: 'answer-lost' } },
    { verbs: ['watch'], fault: { type: 'watch-dropped', afterMs: 2000 } },
  ];
  return faults.map((rule) => ({ ...rule, probability: share / faults.length }));
}

function resourceIn(request: ApiRequest): ResourceTarget | undefined {
  try {
    const target = parseTarget(request);
    return target.type === 'resource' ? target : undefined;
  } catch {
    return undefined; // for the front to refuse
  }
}

function userOf(request: ApiRequest, credentials: Credentials): string {
  try {
    return authenticate(request.headers, credentials).name;
  } catch {
    return '';
  }
}

function meets(rule: FaultRule, target: ResourceTarget, user: () => string): boolean {
  const among = (list: readonly string[] | undefined, value: string | undefined): boolean =>
    list === undefined || (value !== undefined && list.includes(value));
  const isWatchFault = rule.fault.type.startsWith('watch-');
  return (
    (!isWatchFault || target.verb === 'watch') &&
    among(rule.verbs, target.verb) &&
    among(rule.resources, target.resource) &&
    among(rule.names, target.name) &&
    (rule.users === undefined || rule.users.includes(user()))
  );
}

function strikes({ probability = 1 }: FaultRule, random: Random): boolean {
  return probability >= 1 || random() < probability;
}

const MESSAGES: Partial<Record<FailureReason, string>> = {
  Conflict:
    'Operation cannot be fulfilled: the object has been modified; please apply your changes to the latest version and try again',
  TooManyRequests: 'Too many requests, please try again later.',
  InternalError: 'Internal error occurred: etcdserver: leader changed',
  ServiceUnavailable: 'apiserver not ready',
  Timeout: 'Timeout: request did not complete within requested timeout - context deadline exceeded',
};

function failureFor({
  reason,
  message,
  retryAfterSeconds,
}: Fault & { type: 'refused' }): ApiFailure {
  const details = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
  return new ApiFailure(reason, message ?? MESSAGES[reason] ?? reason, details);
}
