/** Ends one pod under kept-alive connections and tells what their client saw. */
import { formatDuration } from '../../core/base/duration.ts';
import type { Pod } from '../../core/kubernetes/objects.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { schemeOf, speaking, trafficPath, urlOf } from '../../core/smoke/checks.ts';
import { hookCall } from '../../core/smoke/hook.ts';
import { messageOf } from '../base/failure.ts';
import type { StageContext } from '../context/stage-context.ts';
import type { HttpRequest } from '../http/http.ts';
import type { KeptAddress, KeptConnection } from '../http/keep-alive-connection.ts';

export interface Probed {
  /** A line for each connection on which a request was lost, or would have been. */
  readonly failures: readonly string[];
  /** What was seen, in a few words. */
  readonly checked: string;
}

const CONNECTIONS = 4;
/** 200 requests a second in all: often enough that one is under way when the pod goes. */
const PAUSE_MS = 20;
const ANSWER_TIMEOUT_MS = 5_000;
const FRESH_EVERY_MS = 250;
/** How long all connections must have been answered before anything is done to the pod. */
const STEADY_MS = 500;
/** After its grace period a pod is killed: whatever holds longer is no connection to it. */
const AFTER_GRACE_MS = 5_000;

/** How one connection ended: `told` by its last answer, `closed` without a word, `cut` in a request. */
interface End {
  readonly how: 'told' | 'closed' | 'cut' | 'kept';
  readonly answers: number;
  readonly afterMs: number;
  readonly why: string;
}

/**
 * Never rejects: a probe that could not be made has failed. Undefined where it was withdrawn before the
 * pod was ended: requests may have come to reach the pod since it was asked for.
 */
export async function probeDrain(
  context: StageContext,
  plan: Plan,
  pod: Pod,
  withdrawn: AbortSignal,
): Promise<Probed | undefined> {
  const { clock, hold, kube } = context;
  const { name, namespace = plan.namespace, uid = '' } = pod.metadata;
  const address = {
    host: pod.status?.podIP ?? '',
    port: plan.port,
    path: trafficPath(plan),
    secure: schemeOf(plan, plan.port) === 'HTTPS',
  };
  const graceMs = (pod.spec.terminationGracePeriodSeconds ?? 30) * 1000;
  const connections = Array.from({ length: CONNECTIONS }, () => hold(address));
  const over = new AbortController();
  let endedAt = clock.now();
  try {
    const holding = connections.map((connection) => keepAsking(context, connection, over.signal));
    await clock.sleep(STEADY_MS, withdrawn);
    const silent = await neverAnswered(context, address);
    // Ended all the same it would be a pod fewer, and nothing learned.
    if (silent !== undefined)
      throw new Error(`port ${address.port} does not answer HTTP: ${silent}`);
    if (withdrawn.aborted) return undefined;
    const hook = await callHook(context, plan, pod, withdrawn);
    if (withdrawn.aborted) return undefined;
    endedAt = clock.now();
    await kube.remove({ apiVersion: 'v1', kind: 'Pod', namespace, name }, uid);
    const fresh = firstRefusal(context, address, over.signal);
    const allEnded = Promise.all(holding);
    await Promise.race([allEnded, clock.sleep(graceMs + AFTER_GRACE_MS, over.signal)]);
    over.abort();
    return told(name, await allEnded, endedAt, hook, await fresh);
  } catch (thrown) {
    return { failures: [`${name} could not be probed: ${messageOf(thrown)}`], checked: 'nothing' };
  } finally {
    over.abort();
    for (const connection of connections) connection.end();
  }
}

/** Asks over one connection until it ends, in whatever way. `afterMs` is a point in time here. */
async function keepAsking(
  { clock }: StageContext,
  connection: KeptConnection,
  over: AbortSignal,
): Promise<End> {
  const end = (how: End['how'], answers: number, why = ''): End => ({
    how,
    answers,
    afterMs: clock.now(),
    why,
  });
  for (let answers = 0; ; ) {
    if (over.aborted) return end('kept', answers);
    const answer = await connection.ask(ANSWER_TIMEOUT_MS);
    switch (answer.kind) {
      case 'closed':
        return end('closed', answers);
      case 'cut':
        return end('cut', answers, answer.why);
      case 'answered':
        answers += 1;
        if (answer.last) return end('told', answers);
    }
    await clock.sleep(PAUSE_MS, over);
  }
}

/** Says how it went; a hook is given what the config gives it before old pods are ended. */
async function callHook(
  { ask, clock }: StageContext,
  plan: Plan,
  pod: Pod,
  withdrawn: AbortSignal,
): Promise<string> {
  const { minMs } = plan.settings.drain;
  const call = hookCall(plan, pod.status?.podIP ?? '');
  if (!call) return 'no drain hook';
  const answer = await ask({ ...call, timeoutMs: ANSWER_TIMEOUT_MS });
  if (answer.kind === 'failed') return `drain hook failed (${answer.why})`;
  if (answer.status >= 300) return `drain hook answered ${answer.status}`;
  await clock.sleep(minMs, withdrawn);
  return 'drain hook called';
}

function requestTo({ host, port, path, secure }: KeptAddress): HttpRequest {
  const scheme = secure ? 'HTTPS' : 'HTTP';
  const url = urlOf(scheme, host, port, path);
  return { method: 'GET', url, timeoutMs: ANSWER_TIMEOUT_MS, ...speaking(scheme) };
}

/** Why a pod that nothing was done to yet does not answer; undefined where it does. */
async function neverAnswered(
  { ask }: StageContext,
  address: KeptAddress,
): Promise<string | undefined> {
  const answer = await ask(requestTo(address));
  return answer.kind === 'failed' ? answer.why : undefined;
}

/** When a fresh connection was first not answered. */
async function firstRefusal(
  { ask, clock }: StageContext,
  address: KeptAddress,
  over: AbortSignal,
): Promise<number | undefined> {
  while (!over.aborted) {
    const answer = await ask(requestTo(address));
    if (answer.kind === 'failed') return clock.now();
    await clock.sleep(FRESH_EVERY_MS, over);
  }
  return undefined;
}

function told(
  pod: string,
  ends: readonly End[],
  endedAt: number,
  hook: string,
  refusedAt: number | undefined,
): Probed {
  const count = (how: End['how']): number => ends.filter((end) => end.how === how).length;
  const answers = ends.reduce((sum, end) => sum + end.answers, 0);
  const lastMs = Math.max(...ends.map(({ afterMs }) => afterMs)) - endedAt;
  const when = lastMs < 0 ? 'before its end' : `within ${formatDuration(lastMs)} of its end`;
  const fresh =
    refusedAt === undefined
      ? 'fresh connections were answered throughout'
      : `fresh connections were refused after ${formatDuration(refusedAt - endedAt)}`;
  const failures = ends.flatMap(({ how, why, afterMs }) => lost(how, why, afterMs - endedAt));
  return {
    failures,
    checked: `${pod}, ${hook}, ${answers} answers on ${ends.length} kept-alive connections, ${when} ${count('told')} were told to close, ${count('closed')} closed without a word, ${count('cut')} cut, ${count('kept')} kept; ${fresh}`,
  };
}

/** A client that sends just when a connection is closed without a word has lost that request too. */
function lost(how: End['how'], why: string, afterMs: number): string[] {
  const when = `${formatDuration(Math.abs(afterMs))} after the pod was ended`;
  switch (how) {
    case 'cut':
      return [`a request was cut ${when} (${why})`];
    case 'closed':
      return [`a kept-alive connection was closed without a word ${when}`];
    case 'told':
    case 'kept':
      return [];
  }
}
