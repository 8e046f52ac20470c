/**
 * Invariant 7 and its neighbour, by what the journal says at every write of it: what could not be
 * measured, and what is known to be bad, is not handed over as good.
 */

import { readJournal } from '../../core/journal/read-journal.ts';
import { collectionOf } from '../../embedded-cluster/kubernetes/definitions/kind.ts';
import { CONFIG_MAPS } from '../../embedded-cluster/kubernetes/kinds/core/core.ts';
import { CANDIDATE_TAG } from '../world/application/versions.ts';
import { SERVICE } from '../world/service.ts';
import type { ProofWorld } from '../world/world.ts';
import type { Report } from './broken.ts';

export function watchJournal(
  { cluster, scenario }: ProofWorld,
  metricsOutSinceMs: () => number | undefined,
  report: Report,
): () => void {
  /** Phase by release, and since when it is that. */
  let last:
    | { readonly release: string; readonly phase: string; readonly sinceMs: number }
    | undefined;
  return cluster.world.store.subscribe(({ collection, type, object }) => {
    if (collection !== collectionOf(CONFIG_MAPS) || type === 'DELETED') return;
    if (object.metadata.name !== `${SERVICE}-release-journal`) return;
    const data = object.data as Record<string, string>; // of a ConfigMap
    const journal = readJournal(data);
    // Somebody may have torn it; what it says then is for the product to refuse.
    if (typeof journal === 'string' || !journal.current) return;
    const { current, answers } = journal;
    const { plan, state } = current;
    const now = { release: plan.release, phase: state.phase, sinceMs: cluster.clock.now() };
    if (last?.release === now.release && last.phase === now.phase) return;
    const before = last?.release === now.release ? last : undefined;
    last = now;
    // Whoever skips the watching takes what that would have shown as it is.
    const isSkipped = answers.some(({ order, taken }) => order === 'promote' && taken === 'heeded');
    const outSinceMs = metricsOutSinceMs();
    const watched = before?.phase === 'monitoring' ? before : undefined;
    if (state.phase === 'holding' && plan.metrics.kind === 'pods' && watched && !isSkipped) {
      if (outSinceMs !== undefined && outSinceMs <= watched.sinceMs) {
        const seen = `${plan.release} was found good (${state.evidence.judged}) while no pod told its metrics`;
        report('what is not measured is not promoted', seen);
      }
    }
    const isBad =
      BAD.has(scenario.candidate) ||
      (scenario.candidate === 'failing' && plan.metrics.kind === 'pods' && !isSkipped);
    if (state.outcome === 'promoted' && isBad && plan.image.tag === CANDIDATE_TAG) {
      const seen = `${plan.release} was promoted with a candidate that is ${scenario.candidate}`;
      report('a bad candidate is not promoted', seen);
    }
  });
}

/** A candidate that crashes after a while is not here: it may be good for as long as it is watched. */
const BAD: ReadonlySet<string> = new Set(['never-ready', 'broken']);
