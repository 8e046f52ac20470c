/** Secrets that are recognised wherever they turn up: whole, in part, or in another writing. */
import { randomBytes } from 'node:crypto';

export interface Canary {
  readonly name: string;
  readonly secret: string;
  /** Where it may be found, as `Secret addresses`; nowhere else. */
  readonly belongs: RegExp;
}

export interface Aviary {
  readonly canaries: readonly Canary[];
  /** A new secret: letters and digits, fit for URLs, headers and YAML. */
  plant(name: string, belongs: RegExp): string;
  /** One that others have made, such as a token. */
  watch(name: string, secret: string, belongs: RegExp): void;
  /** `name in place`, for each that is found where it does not belong. */
  foundIn(place: string, text: string): string[];
}

/** So much of a secret is told as nobody else would say by chance. */
const TOLD_CHARACTERS = 12;

export function createAviary(): Aviary {
  const canaries: Canary[] = [];
  const watch: Aviary['watch'] = (name, secret, belongs) => {
    canaries.push({ name, secret, belongs });
  };
  return {
    canaries,
    watch,
    plant: (name, belongs) => {
      const secret = `cnry${randomBytes(12).toString('hex')}`;
      watch(name, secret, belongs);
      return secret;
    },
    foundIn: (place, text) =>
      canaries
        .filter(({ belongs }) => !belongs.test(place))
        .filter(({ secret }) => writingsOf(secret).some((writing) => text.includes(writing)))
        .map(({ name }) => `${name} in ${place}`),
  };
}

/** Its first and last part, as it is and in base64 at any place of a longer text. */
function writingsOf(secret: string): string[] {
  const parts = [secret.slice(0, 4 + TOLD_CHARACTERS), secret.slice(-TOLD_CHARACTERS)];
  return parts.flatMap((part) => [
    part,
    ...[0, 1, 2].map((offset) => {
      const encoded = Buffer.from('x'.repeat(offset) + part).toString('base64');
      // What stands before and after it changes the letters at its ends.
      return encoded.slice(4, -4);
    }),
  ]);
}
