// A transcript that differs from the one that was found right says which rule it has broken.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { brokenRules } from '../support/transcript-rules.ts';

const FOLDER = join(import.meta.dirname, 'golden');
const goldenOf = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');

test.each(readdirSync(FOLDER))('%s breaks none', (name) => {
  expect(brokenRules(goldenOf(name))).toEqual([]);
});

const GOOD = goldenOf('blue-green-promotes.txt');
const BAD = goldenOf('blue-green-with-a-version-that-answers-errors.txt');

function without(text: string, line: RegExp): string {
  const lines = text.split('\n');
  expect(lines.some((each) => line.test(each))).toBe(true);
  return lines.filter((each) => !line.test(each)).join('\n');
}

/** With one more line, before the first that is like `line`. */
function withLine(text: string, line: RegExp, more: string): string {
  const lines = text.split('\n');
  const at = lines.findIndex((each) => line.test(each));
  expect(at).toBeGreaterThanOrEqual(0);
  return lines.toSpliced(at, 0, more).join('\n');
}

describe('a rule that is broken is named, with the line that breaks it', () => {
  test.each([
    [
      'a release that has turned back does not go forward again',
      withLine(BAD, /back draining/, '   6.0s  forward monitoring'),
    ],
    [
      'a candidate that has any requests was tried before',
      withLine(GOOD, /forward testing/, '   1.4s    send service payment-service to the candidate'),
    ],
    [
      'traffic is seen to have moved before the candidate is judged by it',
      without(GOOD, /forward confirming/),
    ],
    [
      'the stable keeps its pods until somebody has concluded, and is drained first',
      withLine(GOOD, /forward monitoring/, '   3.0s    scale deployment payment-service-blue to 0'),
    ],
    [
      'nothing is drained or taken away before somebody concludes',
      without(GOOD, /somebody concludes/),
    ],
    ['traffic is back at the stable before the candidate goes', without(BAD, /back confirming/)],
    [
      'no pod is asked twice to close its connections',
      GOOD.replace(/payment-service-blue-2 to close/, 'payment-service-blue-1 to close'),
    ],
    ['what is created for the release alone goes with it', without(GOOD, /delete service/)],
  ])('%s', (rule, transcript) => {
    const broken = brokenRules(transcript);
    expect(broken[0]).toMatch(new RegExp(`^BROKEN: ${rule}: [\\d.]+s `));
    expect(broken).toHaveLength(1);
  });
});
