/**
 * Invariant 3, by what clients saw: no request is lost through a release. A request that was lost
 * has a reason; the few that no tool could have prevented are named here, and nowhere else.
 */
import { type Deeds, neighboursExcuse } from '../neighbours/deeds.ts';
import { hasCrashed, LINGER_MS } from '../world/application/run.ts';
import type { Scenario } from '../world/scenario.ts';
import type { LostRequest } from '../world/traffic/traffic.ts';
import type { ProofWorld } from '../world/world.ts';
import type { Report } from './broken.ts';

/** Why a request was lost that the release is not to blame for. */
export type Excuse =
  /** The application fell by itself, or was killed. */
  | 'crash'
  /** An autoscaler has sent the pod away, and the application does not wait for proxies. */
  | 'scaled-down'
  /** Pods are ended that are still known to proxies, by a rolling update or by a route that somebody else keeps; this application does not wait for them. */
  | 'hasty-ending'
  /** Nothing makes this application let go of the connections that it keeps. */
  | 'held-on';

/** By excuse, or by the neighbour whose own deed it was. */
type Counts = Readonly<Record<string, number>>;

export interface LossCount {
  readonly excused: Counts;
  readonly blamed: number;
}

/** Between a pod's end and the endpoints' telling of it. */
const CONTROLLERS_MS = 500;

/**
 * `dismissed`: names of the pods that somebody else has sent away; `deeds`: what neighbours did, where
 * there were any.
 */
export function judgeLosses(
  { scenario, clients }: ProofWorld,
  dismissed: ReadonlySet<string>,
  report: Report,
  deeds?: Deeds,
): LossCount {
  const excused: Record<string, number> = {};
  const sentAway = deeds ? new Set([...dismissed, ...deeds.ended]) : dismissed;
  let blamed = 0;
  for (const lost of [...clients.traffic.lost, ...(deeds?.elsewhere.lost ?? [])]) {
    // Whoever heals routes leaves the candidate in them until it goes.
    const isHasty = scenario.strategy === 'rolling' || deeds?.healsRoutes === true;
    const excuse =
      excuseFor(lost, scenario, sentAway, isHasty) ?? (deeds && neighboursExcuse(deeds, lost));
    if (excuse) {
      excused[excuse] = (excused[excuse] ?? 0) + 1;
      continue;
    }
    blamed += 1;
    if (blamed === 1)
      report('nothing goes that still receives requests', describe(lost), lost.atMs);
  }
  return { excused, blamed };
}

function excuseFor(
  { instance, connection, atMs }: LostRequest,
  scenario: Scenario,
  dismissed: ReadonlySet<string>,
  isHasty: boolean,
): Excuse | undefined {
  if (!instance || instance.isForeign) return undefined;
  const isRestarting = instance.attempt > 0 && atMs < instance.listensFromMs;
  if (instance.fell || isRestarting) return 'crash';
  if (!instance.wasAsked) return hasCrashed(instance) ? 'crash' : undefined;
  const abrupt = scenario.application.ending === 'abrupt';
  if (dismissed.has(instance.podName) && (abrupt || !endsPatiently(scenario))) return 'scaled-down';
  if (isHasty && !endsPatiently(scenario)) return 'hasty-ending';
  return connection === 'kept-alive' && holdsOn(scenario) ? 'held-on' : undefined;
}

/** Whether a pod serves on until every proxy has heard that it goes. */
function endsPatiently({ application, network }: Scenario): boolean {
  const { ending, preStopSeconds } = application;
  const servesMs = preStopSeconds * 1000 + (ending === 'lingers' ? LINGER_MS : 0);
  return servesMs > network.delayMs + network.jitterMs + CONTROLLERS_MS;
}

function holdsOn({ strategy, application }: Scenario): boolean {
  if (application.ending !== 'abrupt') return false;
  return strategy === 'rolling' || application.drainHook === 'absent';
}

function describe({ instance, connection, how }: LostRequest): string {
  const whom = instance
    ? `${instance.podName} (${instance.version}, ${instance.life})`
    : 'the service';
  return `a request over a ${connection} connection to ${whom} was lost: ${how}`;
}
