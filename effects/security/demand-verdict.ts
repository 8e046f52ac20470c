/**
 * A release begins only where security-scan of the same run has found this very image fit to serve: where
 * anyone asks for a scan, or one was made. The tag may have been moved since.
 */
import type { SecurityPolicy } from '../../core/security/policy/policy.ts';
import { BadInput, StageFailure } from '../base/failure.ts';
import type { Kube } from '../kube/client.ts';
import { peekSection } from '../ownership/journal/stage-sections.ts';
import type { ReleaseSubject } from '../ownership/lease/lease.ts';

const STAGE = 'security-scan';

/** `digest` is the image's that would be released; undefined where no one knows it. Throws, and nothing was touched. */
export async function demandVerdict(
  kube: Kube,
  { namespace, service, release }: ReleaseSubject,
  asked: SecurityPolicy | undefined,
  digest: string | undefined,
): Promise<void> {
  const found = await peekSection(kube, { namespace, service }, STAGE, release);
  if (found.kind === 'none') {
    if (!asked || asked.enforce === 'warn') return;
    throw new BadInput([
      `the release config asks for a scan (security), and there is no verdict of this run: ${found.why}; run the stage ${STAGE} before, by the Pipeline's param ${STAGE}: run`,
    ]);
  }
  const { state, facts } = found.section;
  if (state !== 'done') {
    throw new StageFailure(
      1,
      `${STAGE} of this run has not found the image fit to serve (${state})`,
      `read the log of ${STAGE}; nothing was changed`,
    );
  }
  if (facts.verdict === 'not-asked' && !asked) return;
  if (facts.digest === digest) return;
  if (facts.verdict === 'warned') return;
  const seen = typeof facts.digest === 'string' && facts.digest !== '' ? facts.digest : 'no image';
  throw new StageFailure(
    1,
    `IMG003: the image that was checked is ${seen}, and the tag leads to ${digest ?? 'one without a digest'}`,
    'begin the run anew; let tags of releases be immutable in the registry; nothing was changed',
  );
}
