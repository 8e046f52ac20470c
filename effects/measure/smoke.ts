/** Runs smoke checks, against pods or against the Service. */
import type { Check } from '../../core/base/check.ts';
import { faultOf, speaking, urlOf } from '../../core/smoke/checks.ts';
import type { Target } from '../../core/smoke/target.ts';
import { addressedAsk } from '../context/guarded-request.ts';
import type { StageContext } from '../context/stage-context.ts';

// A single hiccup is no reason to undo a release.
const TRIES = 3;
const PAUSE_MS = 500;

/** Every target's checks; a line for each that does not do. */
export async function smoke(context: StageContext, targets: readonly Target[]): Promise<string[]> {
  const faults = targets.flatMap((target) =>
    target.checks.map(async (check) => {
      const fault = await smokeOne(context, check, target);
      return fault && `${check.name} on ${target.name}: ${fault}`;
    }),
  );
  return (await Promise.all(faults)).filter((fault) => fault !== undefined);
}

async function smokeOne(
  context: StageContext,
  check: Check,
  target: Target,
): Promise<string | undefined> {
  for (let tried = 1; ; tried += 1) {
    const fault = await askOne(context, check, target);
    if (fault === undefined || tried === TRIES) return fault;
    await context.clock.sleep(PAUSE_MS);
  }
}

/** What was asked and what is wrong with the answer; undefined where nothing is. */
async function askOne(
  { ask, destinations, reach }: StageContext,
  check: Check,
  target: Target,
): Promise<string | undefined> {
  const { timeoutMs } = check;
  const port = check.port ?? target.port;
  const { host } = target;
  switch (check.kind) {
    case 'http': {
      const { method, headers, body, scheme } = check;
      const url = urlOf(scheme, check.host ?? host, port, check.path);
      const request = { method, url, headers, body, timeoutMs, ...speaking(scheme) };
      // A probe may name any host; the kubelet that asks it has not a stage's place in the network.
      const send = check.host === undefined ? ask : addressedAsk(ask, destinations);
      const fault = faultOf(check, await send(request));
      return fault && `${method} ${url} ${fault}`;
    }
    case 'tcp': {
      const why = await reach({ kind: 'tcp', host, port }, timeoutMs);
      return why && `connection to ${host}:${port}: ${why}`;
    }
    case 'grpc': {
      const { service } = check;
      const why = await reach({ kind: 'grpc', host, port, service }, timeoutMs);
      return why && `grpc.health.v1.Health/Check "${service}" at ${host}:${port} ${why}`;
    }
  }
}
