/** Asks policies and webhooks about what is to be written, and refuses what they deny. */

import { ApiFailure } from '../../definitions/failure.ts';
import { collectionOf } from '../../definitions/kind.ts';
import type { DraftObject, KubeObject } from '../../store/object.ts';
import type { Call } from '../call.ts';
import { refuseByPolicies } from './policies.ts';

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
