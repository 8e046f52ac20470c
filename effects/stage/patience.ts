/**
 * A stage that has a release to look after, or may have one, waits for an API server that is away:
 * no one else can act either. It says what it waits for: until then, no one knows that it is at work.
 */
import { formatDuration } from '../../core/base/duration.ts';
import type { Instant } from '../../core/base/vocabulary.ts';
import type { StageContext } from '../context/stage-context.ts';

/** Before the config of the release is known, and where it is not a release's own. */
const AWAY_MS = 10 * 60_000;
/** Many requests may wait for the same server at once. */
const TELL_AGAIN_MS = 60_000;

export function patient(context: StageContext): StageContext {
  const { kube, clock, log } = context;
  let toldAt: Instant | undefined;
  const tell = (why: string): void => {
    if (toldAt !== undefined && clock.now() - toldAt < TELL_AGAIN_MS) return;
    toldAt = clock.now();
    const waiting = `${why}; such a request is tried for ${formatDuration(AWAY_MS)}`;
    log.event({ event: 'waiting', waiting });
  };
  return { ...context, kube: kube.within(AWAY_MS, tell) };
}
