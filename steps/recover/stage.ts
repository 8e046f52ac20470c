/**
 * recover: finishes or undoes the releases of runs that are gone, of every service of a namespace, and
 * scales down old versions that were kept for a fast rollback.
 * Runs from time to time; a release whose Lease is held is left alone.
 */

import { because, releaseId } from '../../core/base/vocabulary.ts';
import { unfinished } from '../../core/journal/journal.ts';
import { heldText } from '../../core/journal/lease.ts';
import { StageFailure } from '../../effects/base/failure.ts';
import type { StageContext } from '../../effects/context/stage-context.ts';
import { undo } from '../../effects/driver/run-release.ts';
import { finishLostRelease } from '../../effects/ownership/journal/lost-journal.ts';
import type { OwnedRelease } from '../../effects/ownership/owned-release.ts';
import { withLease } from '../../effects/ownership/with-lease.ts';
import { text } from '../../effects/stage/options.ts';
import { patient } from '../../effects/stage/patience.ts';
import { option, type Stage } from '../../effects/stage/run-stage.ts';
import { findOrphans, type Orphan } from './orphans.ts';
import { type Recovered, scaleDownExpired } from './scale-down-expired.ts';
import { tellLeft } from './tell-left.ts';

export const stage: Stage = {
  name: 'recover',
  summary: 'finishes or undoes what releases whose run is gone have left',
  options: {
    namespace: option('The namespace whose services are looked at', 'default'),
    'secrets-dir': option('Where the files are that release configs name as secret', ''),
  },
  results: [],
  run: async (options, hasty) => {
    const context = patient(hasty);
    const namespace = text(options, 'namespace');
    const left = await findOrphans(context.kube, namespace, context.clock);
    const count = { recovered: 0, taken: 0, held: 0, failed: 0, undecided: 0 };
    for (const one of left) count[await recover(context, namespace, one)] += 1;
    await tellLeft(context, namespace);
    const undecided = count.undecided > 0 ? 3 : 0;
    return {
      exitCode: count.failed > 0 ? 1 : undecided,
      results: {},
      summary: {
        event: 'stage-ended',
        stage: 'recover',
        namespace,
        orphans: left.length,
        recovered: count.recovered,
        'taken-up': count.taken,
        'held-count': count.held,
        failed: count.failed,
        'undecided-count': count.undecided,
      },
    };
  },
};

/** One service in trouble must not keep the others from being recovered. */
async function recover(context: StageContext, namespace: string, left: Orphan): Promise<Recovered> {
  const { clock, log, stop } = context;
  const { service } = left;
  if (left.kind === 'unreadable') {
    const undecided = `its journal cannot be read: ${left.why}`;
    log.event({ event: 'recovery', service, undecided });
    return 'undecided';
  }
  if (left.kind === 'held') {
    const held = heldText(left.by, clock.now());
    log.event({ event: 'recovery', service, release: left.by.release, held });
    return 'held';
  }
  try {
    return await settle(context, namespace, left);
  } catch (thrown) {
    if (!(thrown instanceof StageFailure) || stop.aborted) throw thrown;
    if (thrown.exitCode === 4) {
      log.event({ event: 'recovery', service, held: thrown.message });
      return 'held';
    }
    log.event({ event: 'error', service, error: thrown.message });
    if (thrown.advice) log.event({ event: 'error', service, advice: thrown.advice });
    return thrown.exitCode === 1 ? 'failed' : 'undecided';
  }
}

function settle(
  context: StageContext,
  namespace: string,
  left: Exclude<Orphan, { kind: 'unreadable' | 'held' }>,
): Promise<Recovered> {
  const { service } = left;
  if (left.kind === 'lease') {
    // Taken and given back, a Lease is gone.
    const subject = { release: releaseId('recover'), service, namespace };
    const lease = 'expired, and is deleted';
    context.log.event({ event: 'lease', service, lease });
    return withLease(context, subject, async (owned) => {
      // A release whose journal is gone has nothing else that tells of it.
      const lost = await finishLostRelease(owned, { release: left.release, service, namespace });
      if (lost === undefined) return 'recovered';
      context.log.event({ event: 'recovery', service, release: left.release, reason: lost });
      return 'failed';
    });
  }
  if (left.kind === 'warm') {
    const subject = { release: releaseId('recover'), service, namespace };
    return withLease(context, subject, (owned) => scaleDownExpired(owned, subject, left.releases));
  }
  const { release } = left;
  const goOn = async (owned: OwnedRelease): Promise<Recovered> => {
    const entry = unfinished(owned.journal.journal());
    if (entry?.plan.release !== release) return 'taken';
    await undo(owned, entry, because('cut-off', `its run was gone in phase ${entry.state.phase}`));
    return 'recovered';
  };
  // A driver that renews its Lease is alive, whatever the times in it say.
  return withLease(context, { release, service, namespace }, goOn, 'anybody', 'is-left-alone');
}
