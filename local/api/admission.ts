/** Further checks of what is written, as an admission webhook adds them to a real cluster. */
import type { DraftObject, KubeObject } from '../store/object.ts';
import { ApiFailure, type FailureCause } from './failure.ts';
import { collectionOf, type Kind } from './kind.ts';

/** What is wrong with writing `draft` (in the stored version) over `previous`. */
export type Admission = (
  draft: DraftObject,
  previous: KubeObject | undefined,
) => readonly FailureCause[];

/** By collection, as in `pipelineruns.tekton.dev`. */
export type Admissions = Readonly<Record<string, Admission>>;

export function admit(
  admissions: Admissions | undefined,
  kind: Kind,
  draft: DraftObject,
  previous: KubeObject | undefined,
): void {
  const causes = admissions?.[collectionOf(kind)]?.(draft, previous) ?? [];
  if (causes.length === 0) return;
  const said = causes.map(({ field, message }) => (field ? `${message}: ${field}` : message));
  throw new ApiFailure(
    'BadRequest',
    `admission webhook "validation.webhook.pipeline.${kind.group}" denied the request: ` +
      `validation failed: ${said.join('\n')}`,
    { causes: [...causes] },
  );
}
