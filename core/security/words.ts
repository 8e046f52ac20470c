/** Plain English for numbers. */

/** `1 day`, `3 days`. */
export function countNoun(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
