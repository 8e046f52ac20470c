/** What a container is called by whoever runs it. */
import type { Random } from '../base/random.ts';

const DIGITS = 64;

export function containerId(random: Random): string {
  return Array.from({ length: DIGITS }, () => Math.floor(random() * 16).toString(16)).join('');
}
