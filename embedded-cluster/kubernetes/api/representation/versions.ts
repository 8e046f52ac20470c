/** Objects are stored in one version and spoken of in whichever the client asks for. */

import { apiVersionOf, type Kind } from '../../definitions/kind.ts';
import type { DraftObject, KubeObject } from '../../store/object.ts';

export function inVersion(kind: Kind, object: KubeObject, version: string): KubeObject {
  if (version === kind.versions[0]) return object;
  const converted = kind.convert?.(object, version) ?? object;
  // A stored object stays complete when its fields are renamed.
  return { ...converted, apiVersion: apiVersionOf(kind, version) } as KubeObject;
}

/** What a client sent, as it is stored. */
export function inStorageVersion(kind: Kind, draft: DraftObject, version: string): DraftObject {
  const [stored] = kind.versions;
  if (version === stored) return draft;
  const converted = kind.convert?.(draft, stored) ?? draft;
  return { ...converted, apiVersion: apiVersionOf(kind, stored) };
}
