// Quiet hours are those of the receiver's clock, and what they hold is told once they are over: nothing is lost.
import { describe, expect, test } from '@jest/globals';
import { instant } from '../../../core/base/vocabulary.ts';
import type { Journal } from '../../../core/journal/journal.ts';
import { localTime } from '../../../effects/expressions/local-time.ts';
import type { HttpAnswer } from '../../../effects/http/http.ts';
import { stage } from '../../../steps/notification/stage.ts';
import { stage as recover } from '../../../steps/recover/stage.ts';
import { endedAs, journalOf, releaseIn } from '../../core/support/releases.ts';
import { staged, stagedIn } from '../../steps/support.ts';
import { QUICK } from '../support/toy-service.ts';

const HOUR_MS = 3_600_000;
const OK: HttpAnswer = { kind: 'answered', status: 200, body: '', headers: new Map() };

test.each([
  ['2026-01-15T22:30:00Z', 'Europe/Berlin', 'thu', '23:30'],
  ['2026-07-15T22:30:00Z', 'Europe/Berlin', 'thu', '00:30'],
  ['2026-03-29T01:00:00Z', 'Europe/Berlin', 'sun', '03:00'],
  ['2026-07-15T22:30:00Z', 'America/New_York', 'wed', '18:30'],
  ['2026-07-15T22:30:00Z', 'Asia/Kolkata', 'thu', '04:00'],
  ['2026-07-15T00:00:00Z', 'UTC', 'wed', '00:00'],
])('at %s the clocks of %s show %s %s', (at, zone, day, time) => {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  const shown = localTime(instant(Date.parse(at)), zone);
  expect(shown).toEqual({ day, minutes: hours * 60 + minutes });
});

describe('what ended in quiet hours', () => {
  /** From an hour before now until an hour after it, by the world's clock. */
  const around = (now: number) => {
    const time = (at: number) => new Date(at).toISOString().slice(11, 16);
    return { from: time(now - HOUR_MS), until: time(now + HOUR_MS) };
  };

  async function endedAtNight(outcome: 'rolled-back' | 'failed') {
    const { clock } = (await staged(stage)).world;
    const notifications = [
      { type: 'webhook' as const, url: 'https://hooks.example/x', quietHours: around(clock.now()) },
    ];
    const ours = releaseIn('blue-green', 'holding', { config: { ...QUICK, notifications } });
    const journal: Journal = journalOf(endedAs(outcome, ours, 'why'), undefined, clock.now());
    const it = await staged(stage, { journal });
    const told: string[] = [];
    const askConfigured = async ({ body = '' }) => {
      told.push(JSON.parse(body).event);
      return OK;
    };
    return { ...it, told, own: { askConfigured } };
  }

  test('waits, is no failure, and is told by recover once they are over', async () => {
    const { world, run, told, own } = await endedAtNight('rolled-back');
    const end = await run({}, own);
    expect(told).toEqual([]);
    expect(end).toMatchObject({ exitCode: 0, results: { left: '0' } });
    await world.passes(3_700);
    await stagedIn(world, recover).run({}, own);
    expect(told).toEqual(['started', 'rollback']);
  });

  test('is told at once where a person is needed', async () => {
    const { run, told, own } = await endedAtNight('failed');
    await run({}, own);
    expect(told).toEqual(['failed']);
  });
});
