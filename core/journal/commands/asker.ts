/** Who asked for something: what they say of themselves, and whom the API server saw. */
/** As the API server answers a SelfSubjectReview: no one who shows another's token can change it. */
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

export function isCaller(value: unknown): value is Caller {
  if (typeof value !== 'object' || value === null) return false;
  const { user, pod }: Record<string, unknown> = { ...value };
  return typeof user === 'string' && (pod === undefined || typeof pod === 'string');
}
