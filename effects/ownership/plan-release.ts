/**
 * A release is planned once, in one way: pre-validation, the dry run and deploy all ask here. What
 * pre-validation has resolved is what deploy uses, and where the plan is another by then, that is told.
 */
import { parseImage } from '../../core/base/image.ts';
import type { ImageChoice } from '../../core/cluster/plan-input.ts';
import type { Settings } from '../../core/config/settings.ts';
import { changedParts } from '../../core/plan/plan-fingerprint.ts';
import { type Planned, planRelease } from '../../core/plan/planning.ts';
import type { StageContext } from '../context/stage-context.ts';
import { whyUnchanged } from '../inputs/config-change.ts';
import { gatherPlanInputs, type PlanInputs } from '../inputs/plan-inputs.ts';
import type { ReleaseSubject } from './lease/lease.ts';
import { refuseIfShared } from './shared-workload.ts';

/** What an earlier stage of the same run has found; empty texts where there was none. */
export interface Validated {
  /** With its digest, where the registry told it. */
  readonly image: string;
  /** See core/plan/plan-fingerprint.ts. */
  readonly plan: string;
}

export const NOT_VALIDATED: Validated = { image: '', plan: '' };

export interface PlannedRelease {
  readonly inputs: PlanInputs;
  readonly planned: Planned;
}

/** Throws BadInput where what is to be released is not there, and with exit code 4 where others hold it. */
export async function planFromCluster(
  context: StageContext,
  subject: ReleaseSubject,
  settings: Settings,
  credentialsDir: string,
  validated: Validated = NOT_VALIDATED,
): Promise<PlannedRelease> {
  const { kube, clock, log } = context;
  const { release, namespace } = subject;
  const pinned = pinnedImage(validated.image);
  const inputs = await freeInputs(context, subject, settings, credentialsDir, pinned);
  const { image } = inputs.resolved;
  const planned = planRelease({ ...inputs, release, at: clock.now(), settings, image });
  switch (planned.kind) {
    case 'refused':
      return { inputs, planned };
    case 'unchanged':
      return {
        inputs,
        planned: { ...planned, why: await whyUnchanged(kube, namespace, planned.why, inputs) },
      };
    case 'planned': {
      const changed = changedParts(validated.plan, planned.plan);
      if (changed.length > 0) {
        const note = `changed since pre-validation, and planned anew: ${changed.join(', ')}`;
        log.event({ event: 'check', check: 'plan', note });
      }
      return { inputs, planned };
    }
  }
}

/** What a plan is made from, of a workload that no other Service's release is about. */
export async function freeInputs(
  context: StageContext,
  subject: ReleaseSubject,
  settings: Settings,
  credentialsDir: string,
  known?: ImageChoice,
): Promise<PlanInputs> {
  const { namespace, service } = subject;
  const inputs = await gatherPlanInputs(
    context,
    namespace,
    service,
    settings,
    credentialsDir,
    known,
  );
  await refuseIfShared(context, subject, inputs, settings);
  return inputs;
}

/** A tag may lead elsewhere by now; a digest cannot. */
function pinnedImage(reference: string): ImageChoice | undefined {
  const image = reference === '' ? undefined : parseImage(reference);
  return image?.digest === undefined
    ? undefined
    : { reference, tag: image.tag ?? '', digest: image.digest };
}
