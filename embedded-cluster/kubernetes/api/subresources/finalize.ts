/** The finalizers of a Namespace's spec: written here and nowhere else. */

import type { Call } from '../call.ts';
import { draftFrom, parseBody } from '../request/body.ts';
import type { ApiResponse } from '../request/http.ts';
import { answer, persistenceOf } from '../verbs/write.ts';

export function finalizeNamespace(call: Call): ApiResponse {
  const { world, kind, target } = call;
  const namespace = world.objects.get(kind, undefined, target.name ?? '');
  const { spec, metadata } = draftFrom(parseBody(call.request));
  const { resourceVersion = namespace.metadata.resourceVersion } = metadata;
  const draft = { ...namespace, metadata: { ...namespace.metadata, resourceVersion }, spec };
  return answer(call, 200, world.objects.update(kind, draft, persistenceOf(call)));
}
