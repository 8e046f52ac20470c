/** Further checks of what is written, as admission webhooks add them to a real cluster. */

import type { FailureCause } from '../../definitions/failure.ts';
import type { DraftObject, KubeObject } from '../../store/object.ts';

/** What is wrong with writing `draft` (in the stored version) over `previous`. */
export type Admission = (
  draft: DraftObject,
  previous: KubeObject | undefined,
) => readonly FailureCause[];

/** By collection, as in `pipelineruns.tekton.dev`. */
export type Admissions = Readonly<Record<string, Admission>>;
