/** No request reaches a version before what it needs is there: what a stage before deploy had to prepare. */
import type { Settings } from '../../core/config/settings.ts';
import { whyNotPrepared } from '../../core/journal/stage-sections.ts';
import { preparingStages } from '../../core/journal/stages.ts';
import { StageFailure } from '../../effects/base/failure.ts';
import type { StageContext } from '../../effects/context/stage-context.ts';
import { peekSection } from '../../effects/ownership/journal/stage-sections.ts';
import type { ReleaseSubject } from '../../effects/ownership/lease/lease.ts';

/** Throws with exit code 1 where something is to be prepared, and is not. */
export async function refuseUnprepared(
  { kube }: StageContext,
  subject: ReleaseSubject,
  { migration }: Settings,
): Promise<void> {
  if (!migration) return;
  for (const { name } of preparingStages()) {
    const why = whyNotPrepared(await peekSection(kube, subject, name, subject.release), name);
    if (why === undefined) continue;
    throw new StageFailure(
      1,
      `the release does not begin: ${why}`,
      `run the Task zero-downtime-${name} before deploy, with the same release-id; nothing was changed`,
    );
  }
}
