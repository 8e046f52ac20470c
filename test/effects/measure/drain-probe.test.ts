// The drain probe ends a pod only for as long as the release asks for it, and tells what its clients lost:
// once somebody has led requests to that pod, its end would cost some of them.
import { describe, expect, test } from '@jest/globals';
import type { HttpAnswer } from '../../../effects/http/http.ts';
import type { KeepAliveAnswer } from '../../../effects/http/keep-alive-connection.ts';
import { type Probed, probeDrain } from '../../../effects/measure/drain-probe.ts';
import { pod, REPOSITORY } from '../../core/support/objects.ts';
import { BLUE, releaseIn } from '../../core/support/releases.ts';
import { fakeWorld, START_MS } from '../support/world.ts';

const POD = { apiVersion: 'v1', kind: 'Pod' } as const;
const NAME = 'candidate-1';
const HOOK = { drain: { minDuration: '3s', hook: { path: '/drain' } } };
const ALIVE: KeepAliveAnswer = { kind: 'answered', last: false };
const TOLD: KeepAliveAnswer = { kind: 'answered', last: true };

interface Probing {
  readonly withdrawnAfterMs?: number;
  readonly hook?: 'there' | 'absent';
  /** What a path answers before the pod is ended; 200 where nothing is said. */
  readonly answers?: (path: string) => number | 'refused';
  /** How the nth of its connections goes on once the pod is ended. */
  readonly afterwards?: (connection: number, sinceMs: number) => KeepAliveAnswer;
  /** How long fresh connections are answered after its end. */
  readonly freshMs?: number;
  readonly uid?: string;
  readonly prepare?: (world: ReturnType<typeof fakeWorld>) => void;
}

/** Makes a probe of the one pod of the candidate. */
async function probed({
  withdrawnAfterMs,
  hook = 'there',
  answers = () => 200,
  afterwards = () => TOLD,
  freshMs = 0,
  uid,
  prepare,
}: Probing = {}) {
  const world = fakeWorld();
  const { virtual, clock, api } = world;
  const candidate = api.put(pod(NAME, BLUE, `${REPOSITORY}:v2`, 'ready'));
  prepare?.(world);
  let endedAt: number | undefined;
  api.onChange(() => {
    if (!api.found(POD, NAME)) endedAt ??= virtual.now();
  });
  const held: boolean[] = [];
  const context = world.process('deploy', {
    ask: async ({ url }): Promise<HttpAnswer> => {
      const isOver = endedAt !== undefined && virtual.now() - endedAt >= freshMs;
      const status = isOver ? 'refused' : answers(new URL(url).pathname);
      if (status === 'refused') return { kind: 'failed', why: 'ECONNREFUSED', headers: new Map() };
      return { kind: 'answered', status, body: '', headers: new Map() };
    },
    hold: () => {
      const nth = held.push(true) - 1;
      return {
        ask: async () => {
          await clock.sleep(1);
          return endedAt === undefined ? ALIVE : afterwards(nth, virtual.now() - endedAt);
        },
        end: () => {
          held[nth] = false;
        },
      };
    },
  });
  const { plan } = releaseIn('blue-green', undefined, { config: hook === 'there' ? HOOK : {} });
  const withdrawal = new AbortController();
  if (withdrawnAfterMs !== undefined) virtual.after(withdrawnAfterMs, () => withdrawal.abort());
  const asked =
    uid === undefined ? candidate : { ...candidate, metadata: { ...candidate.metadata, uid } };
  const came = await world.cameOf(probeDrain(context, plan, asked, withdrawal.signal), 60);
  if (came === 'waits' || !('value' in came)) throw new Error(`it ${JSON.stringify(came)}`);
  const seen: Probed | undefined = came.value;
  return { seen, isEnded: endedAt !== undefined, held, endedAfterMs: (endedAt ?? 0) - START_MS };
}

describe('the drain probe ends the pod', () => {
  test('once its hook has had its time', async () => {
    const { seen, endedAfterMs } = await probed();
    expect(endedAfterMs).toBeGreaterThanOrEqual(3_500);
    expect(seen).toMatchObject({
      failures: [],
      checked: expect.stringContaining('drain hook called'),
    });
  });

  test('soon where it has no hook', async () => {
    const { seen, endedAfterMs } = await probed({ hook: 'absent' });
    expect(endedAfterMs).toBe(500);
    expect(seen?.checked).toContain('no drain hook');
  });

  test.each([
    ['answers 500', 500, 'drain hook answered 500'],
    ['does not answer', 'refused', 'drain hook failed'],
  ] as const)('and says that its hook %s', async (_what, status, told) => {
    const answers = (path: string) => (path === '/drain' ? status : 200);
    const { seen, isEnded } = await probed({ answers });
    expect(isEnded).toBe(true);
    expect(seen?.checked).toContain(told);
  });
});

describe('the drain probe leaves the pod alone', () => {
  test('and does not drain it either, where it is withdrawn before its hook was called', async () => {
    const asked: string[] = [];
    const answers = (path: string) => {
      asked.push(path);
      return 200;
    };
    await probed({ withdrawnAfterMs: 100, answers });
    expect(asked.length).toBeGreaterThan(0);
    expect(asked).not.toContain('/drain');
  });

  test.each([
    ['before anything was done to it', 100],
    ['while its hook has its time', 1_500],
    ['just before its end', 3_400],
  ])('where it is withdrawn %s', async (_when, withdrawnAfterMs) => {
    expect(await probed({ withdrawnAfterMs })).toMatchObject({ seen: undefined, isEnded: false });
  });

  test('where it does not answer to begin with: it would be a pod fewer, and nothing learned', async () => {
    const { seen, isEnded } = await probed({ answers: () => 'refused' });
    expect(isEnded).toBe(false);
    expect(seen?.failures).toEqual([expect.stringContaining('could not be probed')]);
  });

  test('where another one has its name by now', async () => {
    const { isEnded } = await probed({ uid: 'of-another-one' });
    expect(isEnded).toBe(false);
  });

  test('where the API does not let it, and that is no clean probe', async () => {
    const { seen, isEnded } = await probed({
      prepare: ({ api }) => api.answers('DELETE pods', { status: 403 }),
    });
    expect(isEnded).toBe(false);
    expect(seen?.failures).toEqual([expect.stringContaining('status 403')]);
  });
});

test('a probe goes on to its end where the pod is ended already', async () => {
  expect(await probed({ withdrawnAfterMs: 3_600 })).toMatchObject({
    seen: { failures: [] },
    isEnded: true,
  });
});

describe('what its clients see is told', () => {
  test.each<[string, KeepAliveAnswer, string[], string]>([
    ['that is told to close loses nothing', TOLD, [], '4 were told to close'],
    [
      'that is closed without a word may have lost a request',
      { kind: 'closed' },
      Array.from({ length: 4 }, () => 'closed without a word'),
      '4 closed without a word',
    ],
    [
      'that is cut has lost one',
      { kind: 'cut', why: 'ECONNRESET' },
      Array.from({ length: 4 }, () => 'ECONNRESET'),
      '4 cut',
    ],
  ])('a connection %s', async (_what, end, failures, checked) => {
    const { seen } = await probed({ hook: 'absent', afterwards: () => end });
    expect(seen?.checked).toContain(checked);
    expect(seen?.failures).toEqual(failures.map((each) => expect.stringContaining(each)));
  });

  test('one that is cut among many that are not is one loss, and not none', async () => {
    const { seen } = await probed({
      hook: 'absent',
      afterwards: (nth) => (nth === 2 ? { kind: 'cut', why: 'ECONNRESET' } : TOLD),
    });
    expect(seen?.failures).toHaveLength(1);
  });

  test('a connection that outlives the grace period is no connection to it, and not waited for', async () => {
    const { seen } = await probed({ hook: 'absent', afterwards: () => ALIVE });
    expect(seen).toMatchObject({ failures: [], checked: expect.stringContaining('4 kept') });
  });

  test('for how long fresh connections were still answered', async () => {
    const { seen } = await probed({
      hook: 'absent',
      freshMs: 1_000,
      afterwards: (_nth, sinceMs) => (sinceMs < 3_000 ? ALIVE : TOLD),
    });
    expect(seen?.checked).toContain('refused after 1s');
  });

  test.each([
    ['is done', {}],
    ['is withdrawn', { withdrawnAfterMs: 100 }],
    ['fails', { answers: () => 'refused' }],
  ] as const)('no connection is left open once it %s', async (_what, options) => {
    const { held } = await probed(options);
    expect(held).toEqual([false, false, false, false]);
  });
});
