// Every hostile case, and the page that tells of them.
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from '@jest/globals';
import { type HostileCase, type Played, play } from './case.ts';
import { AUTOSCALERS } from './cases/autoscalers.ts';
import { COUNTING } from './cases/counting.ts';
import { DRIFT, SERVICES_GONE } from './cases/drift.ts';
import { EYES } from './cases/eyes.ts';
import { PREPARING } from './cases/preparing.ts';
import { REACH } from './cases/reach.ts';
import { ROUTES_GONE } from './cases/route-gone.ts';
import { ELSEWHERE } from './elsewhere.ts';
import { page } from './table.ts';

const CASES = [
  ...REACH,
  ...DRIFT,
  ...AUTOSCALERS,
  ...SERVICES_GONE,
  ...ROUTES_GONE,
  ...COUNTING,
  ...PREPARING,
  ...EYES,
];
const PAGE = 'docs/hostile.md';
const only = process.env.HOSTILE_ONLY;
const played = new Map<HostileCase, Played>();

describe('a release among others', () => {
  const chosen = CASES.filter(({ id }) => only === undefined || id.includes(only));
  test.each(chosen.map((hostile) => ({ id: hostile.id, hostile })))(
    '$id: no request is lost, the end is right, and the words say why',
    async ({ hostile }) => {
      const one = await play(hostile);
      played.set(hostile, one);
      expect(one.faults).toEqual([]);
    },
  );

  test.each(ELSEWHERE)('$id: is played in $test', ({ test: file, named }) => {
    expect(readFileSync(file, 'utf8')).toContain(named);
  });

  test('docs/hostile.md says what happens', () => {
    if (only !== undefined) return;
    const text = page(
      CASES.map((each) => [each, played.get(each) ?? { did: 'not played', faults: [] }]),
    );
    if (process.env.HOSTILE === 'write') writeFileSync(PAGE, text);
    expect(readFileSync(PAGE, 'utf8')).toBe(text);
  });
});

afterAll(() => {
  if (process.env.HOSTILE !== 'tell') return;
  for (const [{ id }, { did, faults }] of played) {
    process.stdout.write(
      `${faults.length === 0 ? 'ok  ' : 'BAD '} ${id}: ${did}${faults.map((each) => `\n      ${each}`).join('')}\n`,
    );
  }
});
