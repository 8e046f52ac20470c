// Waiting for a turn, minute by minute: what holds the service, who else waits, and what is left behind.
import { describe, expect, test } from '@jest/globals';
import { releaseId } from '../../../../core/base/vocabulary.ts';
import type { StageContext } from '../../../../effects/context/stage-context.ts';
import type { ApiAnswer, Transport } from '../../../../effects/kube/transport.ts';
import type { VirtualClock } from '../../../../embedded-cluster/base/virtual-clock.ts';
import { type Turn, waitInQueue } from '../../../../steps/operate/wait-in-queue.ts';
import { processAt } from '../../support/process.ts';
import { clockOver, virtualTime } from '../../support/virtual.ts';

type Stored = { metadata: { resourceVersion: string; uid: string }; [field: string]: unknown };

/** An API that keeps objects by their path. */
function objectApi() {
  const objects = new Map<string, Stored>();
  let version = 0;
  const answer = (status: number, body: unknown = { message: 'no' }): ApiAnswer => ({
    status,
    retryAfterMs: undefined,
    text: JSON.stringify(body),
  });
  const write = (path: string, text: string): ApiAnswer => {
    version += 1;
    const { metadata, ...rest } = JSON.parse(text);
    const object = { ...rest, metadata: { ...metadata, uid: 'u', resourceVersion: `${version}` } };
    objects.set(path, object);
    return answer(200, object);
  };
  const handle = (method: string, path: string, body = '{}'): ApiAnswer => {
    const { metadata = {} } = JSON.parse(body);
    const at = method === 'POST' ? `${path}/${metadata.name}` : path;
    const found = objects.get(at);
    switch (method) {
      case 'GET':
        return found ? answer(200, found) : answer(404);
      case 'POST':
        return found ? answer(409) : write(at, body);
      case 'PUT':
        return found?.metadata.resourceVersion === metadata.resourceVersion
          ? write(at, body)
          : answer(409);
      default:
        objects.delete(at);
        return answer(200, {});
    }
  };
  const transport: Transport = {
    send: ({ method, path, body }) =>
      Promise.resolve(handle(method, path.split('?')[0] ?? '', body)),
    stream: () => new Promise(() => undefined),
  };
  return {
    objects,
    transport,
    put: (path: string, object: object) => write(path, JSON.stringify(object)),
  };
}

const LEASE = '/apis/coordination.k8s.io/v1/namespaces/default/leases/shop-release';
const JOURNAL = '/api/v1/namespaces/default/configmaps/shop-release-journal';
const RUNS = '/apis/tekton.dev/v1/namespaces/default/pipelineruns';
const at = (seconds: number) => new Date(1_800_000_000_000 + seconds * 1000).toISOString();

function setting() {
  const { virtual } = virtualTime(1_800_000_000_000);
  const api = objectApi();
  const clock = clockOver(virtual);
  const lines: string[] = [];
  const outsideOf = (process: string): StageContext =>
    processAt(api.transport, clock, process, (text) => lines.push(text));
  /** A run that was created so many seconds after the beginning asks for its turn. */
  const asks = (name: string, createdAt: number, more: Partial<Turn> = {}) => {
    const metadata = { name, creationTimestamp: at(createdAt).replace('.000Z', 'Z') };
    api.put(`${RUNS}/${name}`, { metadata });
    const subject = { release: releaseId(name), service: 'shop', namespace: 'default' };
    const run = { namespace: 'default', name };
    const turn: Turn = { concurrency: 'queue', limitMs: 600_000, run, ...more };
    return waitInQueue(outsideOf(name), subject, turn).then(
      ({ results }) => results.answer,
      (thrown: Error & { exitCode?: number }) => `exit ${thrown.exitCode}: ${thrown.message}`,
    );
  };
  const held = (holderIdentity: string | undefined) =>
    holderIdentity === undefined
      ? api.objects.delete(LEASE)
      : api.put(LEASE, {
          metadata: { name: 'shop-release', namespace: 'default' },
          spec: {
            holderIdentity,
            leaseDurationSeconds: 600,
            renewTime: new Date(virtual.now()).toISOString(),
          },
        });
  const data = () => (api.objects.get(JOURNAL)?.data ?? {}) as Record<string, string>;
  const journal = (journal: object) =>
    api.put(JOURNAL, {
      ...api.objects.get(JOURNAL),
      metadata: { name: 'shop-release-journal', namespace: 'default' },
      data: {
        ...data(),
        'journal.json': JSON.stringify({ version: 1, history: [], answers: [], ...journal }),
      },
    });
  const holder = () =>
    (api.objects.get(LEASE)?.spec as { holderIdentity?: string })?.holderIdentity;
  return { virtual, asks, held, journal, data, holder, lines };
}

const passes = (virtual: VirtualClock, seconds: number): Promise<void> =>
  virtual.advanceTo(virtual.now() + seconds * 1000);

const record = (release: string, endedAt: number, more: object = {}) => ({
  release,
  strategy: 'rolling',
  outcome: 'promoted',
  from: 'shop:v1',
  to: 'shop:v2',
  startedAt: Date.parse(at(-100)),
  endedAt: Date.parse(at(endedAt)),
  evidence: {},
  ...more,
});

describe('a run that waits for its turn', () => {
  test('has it at once where nobody holds the service, and keeps it for its next stage', async () => {
    const { virtual, asks, holder } = setting();
    const answer = asks('one', 0);
    await passes(virtual, 2);
    expect(await answer).toBe('at once: no release was under way');
    expect(holder()).toBe('one/');
  });

  test('waits until the release before has been concluded, not only until it has ended', async () => {
    const { virtual, asks, held, journal, holder } = setting();
    held('before/deploy-1');
    const answer = asks('one', 0);
    await passes(virtual, 10);
    held(undefined);
    journal({ history: [record('before', 10)] });
    await passes(virtual, 20);
    expect(holder()).toBeUndefined();
    journal({
      history: [record('before', 10, { stages: { deploy: 'Failed' }, outcome: 'rolled-back' })],
    });
    await passes(virtual, 5);
    expect(await answer).toMatch(/^after \d+s: waited for before, which ended rolled-back$/);
    expect(holder()).toBe('one/');
  });

  test('gives way to one that was created later, whichever of them asks first', async () => {
    const { virtual, asks, held, holder } = setting();
    held('before/deploy-1');
    const later = asks('later', 30);
    await passes(virtual, 5);
    const earlier = asks('earlier', 0);
    await passes(virtual, 5);
    expect(await earlier).toBe('not taken: later was asked for later: it gives way');
    held(undefined);
    await passes(virtual, 5);
    expect(await later).toMatch(/waited for before$/);
    expect(holder()).toBe('later/');
  });

  test('gives up after its limit with exit code 4, and has said for whom it waited', async () => {
    const { virtual, asks, held, data } = setting();
    held('before/deploy-1');
    const answer = asks('one', 0, { limitMs: 30_000 });
    await passes(virtual, 35);
    expect(await answer).toBe(
      'exit 4: waited 30s for service shop, which before holds, in vain: nothing was changed',
    );
    expect(JSON.parse(data()['turns.json'] ?? '')[0].said).toMatch(
      /^waited 30s .* which before holds$/,
    );
  });

  test('asks nobody to turn back who has not waited for a turn, however long it waits', async () => {
    const { virtual, asks, held, data } = setting();
    held('by-hand/deploy-1');
    const answer = asks('one', 0, { concurrency: 'supersede', limitMs: 30_000 });
    await passes(virtual, 35);
    expect(await answer).toMatch(/^exit 4: /);
    expect(data()['orders.json']).toBeUndefined();
  });

  test('that is to wait for nobody ends at once', async () => {
    const { virtual, asks, held } = setting();
    held('before/deploy-1');
    const answer = asks('one', 0, { concurrency: 'refuse' });
    await passes(virtual, 1);
    expect(await answer).toMatch(/^exit 4: release before holds service shop in namespace default/);
  });
});
