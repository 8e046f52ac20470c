/** PATCH, in the four languages that clients speak. */

import { ApiFailure } from '../../definitions/failure.ts';
import { ANY } from '../../definitions/schema/shape.ts';
import { shapeOf } from '../../kinds/types/shapes.ts';
import type { DraftObject, KubeObject } from '../../store/object.ts';
import type { Call } from '../call.ts';
import { jsonPatch } from '../patch/json-patch.ts';
import { mergePatch } from '../patch/merge-patch.ts';
import { strategicMerge } from '../patch/strategic-merge.ts';
import { inStorageVersion, inVersion } from '../representation/versions.ts';
import { contentTypeOf, draftFrom, parseBody } from '../request/body.ts';
import type { ApiResponse } from '../request/http.ts';
import { applyObject } from './apply.ts';
import { validated } from './field-validation.ts';
import { answer, namespaceOf, writeOver } from './write.ts';

const JSON_PATCH = 'application/json-patch+json';
const MERGE_PATCH = 'application/merge-patch+json';
const STRATEGIC_PATCH = 'application/strategic-merge-patch+json';
const APPLY_PATCH = 'application/apply-patch+yaml';

export function patchObject(call: Call): ApiResponse {
  if (contentTypeOf(call.request) === APPLY_PATCH) return applyObject(call);
  const { world, kind, target } = call;
  const stored = world.objects.get(kind, namespaceOf(call), target.name ?? '');
  const patched = patchedWith(call, inVersion(kind, stored, target.version));
  const draft = validated(call, draftFrom(patched));
  return answer(call, 200, writeOver(call, inStorageVersion(kind, draft, target.version)));
}

/** What the patch in the request makes of `object`. */
export function patchedWith(call: Call, object: KubeObject | DraftObject): unknown {
  const patch = parseBody(call.request);
  switch (contentTypeOf(call.request)) {
    case JSON_PATCH:
      return jsonPatch(object, patch);
    case MERGE_PATCH:
      return mergePatch(object, patch);
    case STRATEGIC_PATCH: {
      if (call.kind.origin === 'custom') throw unsupported([JSON_PATCH, MERGE_PATCH, APPLY_PATCH]);
      const shape = shapeOf(call.world.store, call.kind, call.target.version) ?? ANY;
      return strategicMerge(object, patch, shape);
    }
    default:
      throw unsupported([JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, APPLY_PATCH]);
  }
}

function unsupported(types: readonly string[]): ApiFailure {
  return new ApiFailure(
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${types.join(', ')}`,
  );
}
