/** Who asked for something: what they say of themselves, and whom the API server saw. */
import { foreignText } from '../../base/foreign-text.ts';

/** As the API server answers a SelfSubjectReview: nobody who shows another's token can change it. */
export interface Caller {
  readonly user: string;
  /** Its token is bound to this pod: somebody has created the TaskRun that it belongs to. */
  readonly pod?: string;
}

export interface Asker {
  /** As it was said: anybody may say anything. */
  readonly by: string;
  /** Undefined where the API server was not asked, or did not tell. */
  readonly as?: Caller;
}

/** A name that is longer is none. */
export const MOST_NAME_CHARACTERS = 253;

/** `by=ada as=system:serviceaccount:ci:zero-downtime-operate pod=abort-1-pod` */
export function askerText({ by, as }: Asker): string {
  if (!as) return `by=${word(by)}`;
  const pod = as.pod === undefined ? '' : ` pod=${word(as.pod)}`;
  return `by=${word(by)} as=${word(as.user)}${pod}`;
}

export function isCaller(value: unknown): value is Caller {
  if (typeof value !== 'object' || value === null) return false;
  const { user, pod } = value as Record<string, unknown>; // each looked at below
  return typeof user === 'string' && (pod === undefined || typeof pod === 'string');
}

/** What would be read as more than one field is quoted. */
function word(name: string): string {
  return /^[\w.@:/+-]+$/.test(name) ? name : `"${foreignText(name, MOST_NAME_CHARACTERS)}"`;
}
