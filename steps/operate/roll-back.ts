/** rollback and rollback-to-version: a release in its own right, to a revision that served before. */

import { shortImage } from '../../core/base/image.ts';
import { isTwoSided } from '../../core/base/vocabulary.ts';
import { whyBelowFloor } from '../../core/journal/database/schema-knowledge.ts';
import { type Journal, recordOf, unfinished } from '../../core/journal/journal.ts';
import {
  planRevision,
  type Revision,
  revisionBefore,
  revisionTagged,
} from '../../core/journal/rollback.ts';
import { preparingStages } from '../../core/journal/stages.ts';
import type { Deployment } from '../../core/kubernetes/workload-objects.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { Planned } from '../../core/plan/planning.ts';
import { makerOf } from '../../core/plan/registry.ts';
import type { Fields } from '../../core/report/log/log-events.ts';
import { endFields } from '../../core/report/status-line.ts';
import { StageFailure } from '../../effects/base/failure.ts';
import { loadSettings } from '../../effects/config/load.ts';
import type { StageContext } from '../../effects/context/stage-context.ts';
import { beginRelease, takeUp } from '../../effects/driver/run-release.ts';
import { whatIsMissing } from '../../effects/inputs/config-change.ts';
import { peekJournal } from '../../effects/ownership/journal/journal.ts';
import { peekLast } from '../../effects/ownership/journal/stage-sections.ts';
import type { ReleaseSubject } from '../../effects/ownership/lease/lease.ts';
import { freeInputs } from '../../effects/ownership/plan-release.ts';
import { withLease } from '../../effects/ownership/with-lease.ts';
import type { StageEnd } from '../../effects/stage/run-stage.ts';
import { refusedBecause } from './end.ts';
import { type Asked, sendCommand } from './send-command.ts';

export type Wanted =
  | { readonly kind: 'previous' }
  | { readonly kind: 'version'; readonly tag: string; readonly credentialsDir: string };

export async function rollBack(
  context: StageContext,
  subject: ReleaseSubject,
  wanted: Wanted,
  asked: Asked,
): Promise<StageEnd> {
  const { kube, stop } = context;
  const { namespace, service, release } = subject;
  const running = unfinished(await peekJournal(kube, namespace, service));
  if (running && running.plan.release !== release) {
    if (wanted.kind === 'previous') return sendCommand(context, subject, 'abort', asked);
    return refusedBecause(`release ${running.plan.release} is under way: abort it, or wait for it`);
  }
  return withLease(context, subject, async (owned) => {
    const { journal } = owned;
    const taken = await takeUp(owned, release, 'ended');
    const carried =
      taken.kind === 'begin'
        ? await beginRelease(
            owned,
            await planBack(context, journal.journal(), subject, wanted),
            'ended',
          )
        : taken;
    if (carried.kind === 'unchanged') return unchanged(carried.why);
    if (carried.kind === 'over') {
      return endOf(endFields(carried.record, service), carried.record.outcome);
    }
    const record = recordOf(journal.journal(), release);
    if (record) return endOf(endFields(record, service), record.outcome);
    const { phase } = carried.state;
    throw new StageFailure(stop.aborted ? 143 : 3, `the rollback was stopped in phase ${phase}`);
  });
}

async function planBack(
  context: StageContext,
  journal: Journal,
  subject: ReleaseSubject,
  wanted: Wanted,
): Promise<Planned> {
  const { release, service, namespace } = subject;
  const { kube, clock, log } = context;
  const revision =
    wanted.kind === 'previous' ? revisionBefore(journal) : revisionTagged(journal, wanted.tag);
  if (!revision && wanted.kind === 'previous') return nothingBefore(service);
  log.event({ event: 'rollback', rollback: 'begun', ...destination(revision, wanted) });
  const settings = await loadSettings(kube, {
    service,
    namespace,
    imageTag: tagOf(revision, wanted),
    imageRepository: '',
    strategy: revision?.strategy ?? '',
    configMap: '',
    configFile: '',
    dryRun: 'false',
    // Who goes back in a hurry is not kept from it by the time of another Task.
    deployTimeout: 'any',
  });
  const credentials = wanted.kind === 'version' ? wanted.credentialsDir : '';
  const inputs = await freeInputs(context, subject, settings, credentials, revision?.image);
  const { image } = inputs.resolved;
  if (inputs.resolved.kind === 'unpinned') {
    const { why: reason } = inputs.resolved;
    log.event({ event: 'check', check: 'image', pinned: 'no', reason });
  }
  const noWayBack = await whyNoWayBack(kube, subject, image.reference);
  if (noWayBack !== undefined) return { kind: 'refused', why: noWayBack };
  const at = clock.now();
  const planned = planRevision({ ...inputs, release, at, settings, image }, revision);
  if (planned.kind !== 'planned' || isKeptReady(planned.plan, inputs.deployments)) return planned;
  const { spec } = makerOf(planned.plan).candidate(planned.plan).template;
  const why = await whatIsMissing(kube, namespace, shortImage(image.reference), spec);
  return why === undefined ? planned : { kind: 'refused', why };
}

/** What a contract has removed, an older version may not find again: then it must not come back. */
async function whyNoWayBack(
  kube: StageContext['kube'],
  subject: ReleaseSubject,
  image: string,
): Promise<string | undefined> {
  for (const { name } of preparingStages()) {
    const why = whyBelowFloor(await peekLast(kube, subject, name), image);
    if (why !== undefined) return `${shortImage(image)} cannot run on the schema of today: ${why}`;
  }
  return undefined;
}

/** Pods that were kept running need nothing to start with. */
function isKeptReady(plan: Plan, deployments: readonly Deployment[]): boolean {
  if (!isTwoSided(plan)) return false;
  const kept = deployments.find(({ metadata }) => metadata.name === plan.candidate.name);
  const { replicas = 0 } = kept?.spec ?? {};
  return replicas > 0 && (kept?.status?.readyReplicas ?? 0) >= replicas;
}

function nothingBefore(service: string): Planned {
  const why = `no release of service ${service} was promoted that the journal knows, so there is nothing to go back to: rollback-to-version names a version`;
  return { kind: 'refused', why };
}

/** An image that is known by its digest alone is not looked up by its tag. */
function tagOf(revision: Revision | undefined, wanted: Wanted): string {
  if (wanted.kind === 'version') return wanted.tag;
  return revision?.image.tag || 'untagged';
}

function destination(revision: Revision | undefined, wanted: Wanted): Fields<'rollback'> {
  if (revision) return { to: shortImage(revision.image.reference), which: revision.origin };
  return {
    to: wanted.kind === 'version' ? wanted.tag : '',
    which: "not among the last releases: as the registry has it, in today's pod template",
  };
}

function unchanged(reason: string): StageEnd {
  return {
    exitCode: 0,
    results: { answer: `unchanged: ${reason}` },
    summary: { event: 'stage-ended', stage: 'operate', outcome: 'unchanged', reason },
  };
}

function endOf(fields: Fields<'release-ended'>, outcome: string): StageEnd {
  return {
    exitCode: outcome === 'promoted' ? 0 : 1,
    results: { answer: outcome },
    summary: { event: 'stage-ended', stage: 'operate', ...fields },
  };
}
