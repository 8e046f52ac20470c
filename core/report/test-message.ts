/** A message that is no news: whether it arrives is all that it tells. */
import type { Instant, ReleaseId, StrategyName } from '../base/vocabulary.ts';
import type { Notification } from '../channels/channel.ts';

/**
 * Marked as a test wherever something is named, so that nobody takes it for a rollback of the service, and no
 * incident of its own is opened or resolved. A rollback, because every channel has a word for that.
 */
export function ofTest(
  run: { readonly namespace: string; readonly service: string; readonly release: ReleaseId },
  strategy: StrategyName,
  at: Instant,
): Notification {
  return {
    ...run,
    service: `${run.service} (test)`,
    id: `${run.release}/test`,
    at,
    event: 'rollback',
    ...{ strategy, from: 'test', to: 'test', outcome: 'rolled-back', durationMs: 0 },
    ...{ reason: 'only a test', code: undefined, proof: [], evidence: {} },
    sentence: 'This is a test of the channel: nothing was released, and nothing is wrong',
    next: 'Nothing to do, now that it is here.',
  };
}
