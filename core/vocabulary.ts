/** The words of a release, as types. docs/architecture.md explains them. */

declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** Names one attempt to move one service to one candidate. Letters, digits and dashes. */
export type ReleaseId = Branded<string, 'ReleaseId'>;

/** Milliseconds since the epoch. */
export type Instant = Branded<number, 'Instant'>;

export const STRATEGIES = ['rolling', 'blue-green'] as const;
export type StrategyName = (typeof STRATEGIES)[number];
