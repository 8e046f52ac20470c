/** A stage that has a release to look after waits for an API server that is away: nobody else can act either. */
import type { Outside } from './outside.ts';

/** Before the config of the release is known, and where it is none of a release's own. */
const AWAY_MS = 10 * 60_000;

export function patient(outside: Outside): Outside {
  return { ...outside, kube: outside.kube.within(AWAY_MS) };
}
