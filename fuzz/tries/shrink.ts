/** Makes an input smaller that is wrong, as long as the same is wrong with it. */
import fc from 'fast-check';
import type { Target } from '../target.ts';
import { attempt, type Fault } from './attempt.ts';

const MOST_TRIES = 2_000;
/** A shrinker looks at every character: what is larger is cut in pieces first. */
const FINE_CHARACTERS = 2_000;

export async function shrunk(target: Target, input: string, fault: Fault): Promise<string> {
  let tries = 0;
  const isSame = async (candidate: string): Promise<boolean> => {
    tries += 1;
    const { fault: found } = await attempt(target, candidate);
    return found?.kind === fault.kind && found.what === fault.what;
  };
  let smallest = input;
  for (let part = Math.ceil(input.length / 2); part >= 1 && tries < MOST_TRIES; ) {
    const before = smallest;
    for (let at = 0; at < smallest.length && tries < MOST_TRIES; ) {
      const without = smallest.slice(0, at) + smallest.slice(at + part);
      if (await isSame(without)) smallest = without;
      else at += part;
    }
    if (before === smallest || part > 1) part = Math.floor(part / 2);
  }
  return simpler(smallest, isSame, () => tries < MOST_TRIES);
}

/** As fast-check makes a text simpler: other characters than those that matter become plain. */
async function simpler(
  input: string,
  isSame: (candidate: string) => Promise<boolean>,
  mayTry: () => boolean,
): Promise<string> {
  const text = fc.string({ unit: 'binary' });
  let smallest = input;
  for (let goesOn = true; goesOn && mayTry(); ) {
    goesOn = false;
    if (smallest.length > FINE_CHARACTERS || !text.canShrinkWithoutContext(smallest)) break;
    for (const { value } of text.shrink(smallest, undefined)) {
      if (!mayTry()) break;
      if (value.length > smallest.length || !(await isSame(value))) continue;
      smallest = value;
      goesOn = true;
      break;
    }
  }
  return smallest;
}
