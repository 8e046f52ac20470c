// Every way in which deploy can end, with its exit code and its results: Tekton, and whoever reads a failed
// run at night, know no more than these.
import { describe, expect, test } from '@jest/globals';
import { releaseId } from '../../../core/base/vocabulary.ts';
import { queueData } from '../../../core/journal/commands/queue.ts';
import { EMPTY_JOURNAL, journalName } from '../../../core/journal/journal.ts';
import type { Service } from '../../../core/kubernetes/network-objects.ts';
import type { ConfigMap } from '../../../core/kubernetes/objects.ts';
import { stage } from '../../../steps/deploy/stage.ts';
import { APP } from '../../core/support/objects.ts';
import {
  AT,
  BLUE,
  endedAs,
  journalOf,
  RUN,
  recordFor,
  releaseIn,
} from '../../core/support/releases.ts';
import { LEASE, LEASE_NAME, leaseOf } from '../../effects/support/leases.ts';
import { QUICK } from '../../effects/support/toy-service.ts';
import { endOf, staged } from '../support.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;
const BLUE_GREEN = { strategy: 'blue-green' };
const NEVER = (tag: string) => (tag === 'v2' ? Number.POSITIVE_INFINITY : 0);
const ours = releaseIn('blue-green', 'preparing', { config: QUICK });

describe('deploy ends with 0', () => {
  test.each(['rolling', 'blue-green', 'canary'])('where %s was promoted', async (strategy) => {
    const { run, world } = await staged(stage);
    expect(await run({ strategy })).toMatchObject({
      exitCode: 0,
      results: { outcome: 'promoted', phase: 'done', 'release-id': RUN, 'image-digest': DIGEST },
      summary: expect.stringContaining('outcome=promoted'),
    });
    expect(world.serves()).toEqual(['v2']);
    expect(world.api.found(LEASE, LEASE_NAME)).toBeUndefined();
  });

  test('where the release waits for conclude, which the service is kept for', async () => {
    const { run, world } = await staged(stage);
    expect(await run({ ...BLUE_GREEN, finish: 'conclude' })).toMatchObject({
      exitCode: 0,
      results: { outcome: 'handed-over', phase: 'holding' },
    });
    expect(world.api.found(LEASE, LEASE_NAME)).toMatchObject({
      spec: { holderIdentity: `${RUN}/`, leaseDurationSeconds: 600 },
    });
  });

  test('where the version runs already, and nothing is written', async () => {
    const { run, writes } = await staged(stage);
    expect(await run({ 'image-tag': 'v1' }, { ask: refused })).toMatchObject({
      exitCode: 0,
      results: { outcome: 'unchanged', phase: 'done', 'image-digest': '' },
    });
    expect(writes()).toEqual([]);
  });

  test('where only was asked what it would do: not even the Lease is taken', async () => {
    const { run, world } = await staged(stage);
    const { length } = world.lines;
    expect(await run({ ...BLUE_GREEN, 'dry-run': 'true' })).toMatchObject({
      exitCode: 0,
      results: { outcome: 'unchanged' },
      summary: expect.stringContaining('dry run'),
    });
    expect(world.api.writes).toEqual([]);
    expect(world.lines.length).toBeGreaterThan(length);
  });

  test('where a run that was asked for later wants the service too', async () => {
    const turns = queueData([
      { release: RUN, askedAt: AT },
      { release: releaseId('run-2'), askedAt: AT },
    ]);
    const { run, world } = await staged(stage, { journal: EMPTY_JOURNAL, data: turns });
    expect(await run()).toMatchObject({
      exitCode: 0,
      results: { outcome: 'unchanged' },
      summary: expect.stringContaining('run-2 was asked for later'),
    });
    expect(world.api.writes).toEqual([]);
  });

  test('where a run that is asked for meanwhile wants it, up to the moment in which this one begins', async () => {
    const { run, world, writes } = await staged(stage, { journal: EMPTY_JOURNAL });
    world.api.meanwhile('POST leases', () => {
      const stored = world.api.found<ConfigMap>(
        { apiVersion: 'v1', kind: 'ConfigMap' },
        journalName(APP),
      );
      const turns = [RUN, releaseId('run-2')].map((release) => ({ release, askedAt: AT }));
      if (stored) world.api.put({ ...stored, data: { ...stored.data, ...queueData(turns) } });
    });
    expect(await run()).toMatchObject({ exitCode: 0, results: { outcome: 'unchanged' } });
    expect(writes()).toEqual([]);
  });

  test('where it has ended promoted before: a retry says so and changes nothing', async () => {
    const { run, writes } = await staged(stage, { journal: journalOf(endedAs('promoted', ours)) });
    expect(await run()).toMatchObject({ exitCode: 0, results: { outcome: 'promoted' } });
    expect(writes()).toEqual([]);
  });

  test('where it has ended promoted before, and others have come since', async () => {
    const journal = { ...EMPTY_JOURNAL, history: [recordFor(RUN)] };
    const { run, writes } = await staged(stage, { journal });
    expect(await run()).toMatchObject({
      exitCode: 0,
      results: { outcome: 'promoted', 'release-id': RUN },
      summary: expect.stringContaining('it had ended before'),
    });
    expect(writes()).toEqual([]);
  });
});

describe('deploy ends with 1', () => {
  test('where the candidate never got ready, and was taken back', async () => {
    const { run, world } = await staged(stage, { startsInMs: NEVER });
    expect(await run(BLUE_GREEN)).toMatchObject({
      exitCode: 1,
      results: { outcome: 'rolled-back', phase: 'done' },
      summary: expect.stringContaining('reason='),
    });
    expect(world.serves()).toEqual(['v1']);
  });

  test.each(['rolled-back', 'failed'] as const)(
    'where it has ended %s before: a retry is no second try',
    async (outcome) => {
      const { run, writes } = await staged(stage, { journal: journalOf(endedAs(outcome, ours)) });
      expect(await run()).toMatchObject({ exitCode: 1, results: { outcome } });
      expect(writes()).toEqual([]);
    },
  );

  test('where it has ended rolled back before, and others have come since', async () => {
    const history = [recordFor(RUN, { outcome: 'rolled-back', cause: 'errors' })];
    const { run } = await staged(stage, { journal: { ...EMPTY_JOURNAL, history } });
    expect(await run()).toMatchObject({ exitCode: 1, results: { outcome: 'rolled-back' } });
  });
});

describe('deploy ends with 2, and nothing was touched', () => {
  test.each<[string, Record<string, string>, Parameters<typeof staged>[1]]>([
    ['for a tag that is none', { 'image-tag': 'a b' }, {}],
    ['for a strategy that is none', { strategy: 'yolo' }, {}],
    ['for a way to finish that is none', { finish: 'later' }, {}],
    ['for a tag that the registry does not know', {}, { registry: () => 404 }],
    [
      'for a config that contradicts itself',
      { strategy: 'canary' },
      { config: { strategy: { canary: { steps: [{ weight: 50 }, { weight: 20 }] } } } },
    ],
    ['for a service that is not there', { service: 'other' }, {}],
  ])('%s', async (_what, given, setting) => {
    const { run, writes } = await staged(stage, setting);
    expect(await run(given)).toMatchObject({ exitCode: 2 });
    expect(writes()).toEqual([]);
  });
});

describe('deploy ends with 3', () => {
  test('where the API does not let it look, and nothing was touched', async () => {
    const { run, world, writes } = await staged(stage);
    world.api.answers('GET deployments', { status: 403 }, Number.POSITIVE_INFINITY);
    expect(await run()).toMatchObject({ exitCode: 3 });
    expect(writes()).toEqual([]);
    expect(world.api.found(LEASE, LEASE_NAME)).toBeUndefined();
  });

  test('where the journal cannot be read', async () => {
    const { run, writes } = await staged(stage, {
      journal: EMPTY_JOURNAL,
      data: { 'journal.json': '{"version":9}' },
    });
    expect(await run()).toMatchObject({ exitCode: 3 });
    expect(writes()).toEqual([]);
  });
});

describe('deploy ends with 4, and nothing was touched', () => {
  test('where another release is at work', async () => {
    const { run, world, writes } = await staged(stage);
    world.api.put(leaseOf('run-0/p0', { seconds: 600 }));
    expect(await run()).toMatchObject({ exitCode: 4, message: expect.stringContaining('run-0') });
    expect(writes()).toEqual([]);
  });

  test('where another release holds it whose dry run is asked for', async () => {
    const { run, world } = await staged(stage);
    world.api.put(leaseOf('run-0/p0', { seconds: 600 }));
    expect(await run({ 'dry-run': 'true' })).toMatchObject({ exitCode: 4 });
  });
});

describe('deploy ends with 143', () => {
  test('where it was stopped on its way, and leaves the service safe', async () => {
    const { start, world } = await staged(stage, {
      config: { ...QUICK, strategy: { blueGreen: { monitoring: '2m' } } },
    });
    const stop = new AbortController();
    const started = start(BLUE_GREEN, { stop: stop.signal });
    await world.passes(30);
    expect(world.serves()).toEqual(['v2']);
    stop.abort();
    expect(endOf(await world.cameOf(started, 25))).toMatchObject({
      exitCode: 143,
      results: { outcome: 'unfinished' },
    });
    expect(selectorIn(world)).toEqual(BLUE);
    // Perhaps nobody comes: the service is not kept for long.
    expect(world.api.found(LEASE, LEASE_NAME)).toMatchObject({
      spec: { leaseDurationSeconds: 60 },
    });
  });

  test('where it was stopped before anything was begun', async () => {
    const { start, world, writes } = await staged(stage);
    const stop = new AbortController();
    world.api.meanwhile('POST leases', () => stop.abort());
    const started = start(BLUE_GREEN, { stop: stop.signal });
    expect(endOf(await world.cameOf(started, 25))).toMatchObject({ exitCode: 143 });
    expect(writes()).toEqual([]);
  });
});

test('a release that was cut off is gone on with by the next try, which ends as the first one would', async () => {
  const { run, world } = await staged(stage, { journal: journalOf(ours) });
  expect(await run(BLUE_GREEN)).toMatchObject({ exitCode: 0, results: { outcome: 'promoted' } });
  expect(world.serves()).toEqual(['v2']);
});

test('every result that it names is written, whatever the end', async () => {
  const ends = await Promise.all([
    staged(stage).then(({ run }) => run()),
    staged(stage).then(({ run }) => run({ 'image-tag': 'v1' }, { ask: refused })),
    staged(stage, { journal: { ...EMPTY_JOURNAL, history: [recordFor(RUN)] } }).then(({ run }) =>
      run(),
    ),
  ]);
  for (const { results = {} } of ends) {
    expect(Object.keys(results).toSorted()).toEqual(stage.results.toSorted());
  }
});

/** The registry cannot be asked: the tag is the same as the one that runs. */
const refused = async () => ({ kind: 'failed', why: 'ECONNREFUSED', headers: new Map() }) as const;

function selectorIn({ api }: Awaited<ReturnType<typeof staged>>['world']) {
  return api.found<Service>({ apiVersion: 'v1', kind: 'Service' }, APP)?.spec.selector;
}
