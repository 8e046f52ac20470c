/** The pods count their requests themselves, on their metrics pages. */
import type { RequestCounter } from './counter.ts';

export const podsCounter = {
  name: 'pods',
  keys: {},
  connection: undefined,
  isOnPages: true,
  resolve: () => ({ provider: 'pods' }),
  question: () => undefined,
} as const satisfies RequestCounter<object, { readonly provider: 'pods' }>;
