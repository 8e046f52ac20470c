/** Every kind that a cluster is born with: those of Kubernetes and its mesh, and those of Tekton. */
import type { Kind } from '../kubernetes/definitions/kind.ts';
import { BUILT_IN_KINDS } from '../kubernetes/kinds/registry.ts';
import { TEKTON_KINDS } from '../tekton/kinds.ts';

export const KINDS_AT_BIRTH: readonly Kind[] = [...BUILT_IN_KINDS, ...TEKTON_KINDS];
