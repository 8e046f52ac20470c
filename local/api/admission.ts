/** Further checks of what is written, as policies and admission webhooks add them to a real cluster. */
import type { DraftObject, KubeObject } from '../store/object.ts';
import type { Call } from './call.ts';
import { ApiFailure, type FailureCause } from './failure.ts';
import { collectionOf } from './kind.ts';
import { refuseByPolicies } from './policies.ts';

/** What is wrong with writing `draft` (in the stored version) over `previous`. */
export type Admission = (
  draft: DraftObject,
  previous: KubeObject | undefined,
) => readonly FailureCause[];

/** By collection, as in `pipelineruns.tekton.dev`. */
export type Admissions = Readonly<Record<string, Admission>>;

export function admit(call: Call, draft: DraftObject, previous: KubeObject | undefined): void {
  refuseByPolicies(call, draft, previous);
  const { kind } = call;
  const causes = call.options.admissions?.[collectionOf(kind)]?.(draft, previous) ?? [];
  if (causes.length === 0) return;
  const said = causes.map(({ field, message }) => (field ? `${message}: ${field}` : message));
  throw new ApiFailure(
    'BadRequest',
    `admission webhook "validation.webhook.pipeline.${kind.group}" denied the request: ` +
      `validation failed: ${said.join('\n')}`,
    { causes: [...causes] },
  );
}
