/** What every part of the embedded cluster is given: the objects, and time and chance to act by. */

import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import type { Objects } from './api/objects/objects.ts';
import type { Store } from './store/store.ts';

export interface World {
  readonly store: Store;
  readonly objects: Objects;
  readonly clock: Clock;
  readonly random: Random;
}

/** Something that runs until it is stopped. */
export interface Running {
  stop(): void;
}
