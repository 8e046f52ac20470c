/** The versions of the application under release, and what runs beside it, by their images' tags. */

export const STABLE_TAG = 'v1';

export const CANDIDATE_TAG = 'v2';

/** A version that is good whatever the candidate is: for the release after a bad one. */
export const NEXT_TAG = 'v3';

/** What runs in pods that are not the service's own, by tag of this repository. */
export const FOREIGN = 'worker';

/** deaf: takes no connections · answers: anything, with 200 · ends: takes none, and is done after a while. */
export const FOREIGN_TAGS = ['deaf', 'answers', 'ends'] as const;
