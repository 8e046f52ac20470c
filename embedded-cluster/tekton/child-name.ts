/** Names of what belongs to something named: short ones plainly, long ones cut and made unique. */
import { createHash } from 'node:crypto';

const LONGEST = 63;
const HASH_LENGTH = 32;

/** `deploy` and `-pod` make `deploy-pod`; at most 63 letters, as labels demand. */
export function childName(parent: string, suffix: string): string {
  if (parent.length + suffix.length <= LONGEST) return parent + suffix;
  const room = LONGEST - HASH_LENGTH - suffix.length;
  if (room > 0) return parent.slice(0, room) + md5(parent) + suffix;
  const head = parent.slice(0, LONGEST - HASH_LENGTH) + md5(parent + suffix);
  return head + suffix.slice(0, LONGEST - head.length);
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
