/** A process that asks the API and nobody else. */
import type { Clock } from '../../../effects/base/clock.ts';
import { createLog } from '../../../effects/context/log.ts';
import type { StageContext } from '../../../effects/context/stage-context.ts';
import { createKube } from '../../../effects/kube/client.ts';
import type { Transport } from '../../../effects/kube/transport.ts';

export function processAt(
  transport: Transport,
  clock: Clock,
  process: string,
  line: (text: string) => void = () => undefined,
  stop: AbortSignal = new AbortController().signal,
): StageContext {
  const nothing = (): never => {
    throw new Error('not asked for here');
  };
  return {
    kube: createKube(transport, clock, stop),
    clock,
    process,
    stop,
    ask: nothing,
    askConfigured: nothing,
    destinations: nothing,
    reach: nothing,
    certificate: nothing,
    hold: nothing,
    openLane: nothing,
    post: nothing,
    secretsDir: '',
    log: createLog('text', (text) => line(text.trimEnd())),
  };
}
