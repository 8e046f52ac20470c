// What a user may ask for beside the four params: a config from a workspace, smoke checks of their
// own, and news over a webhook whose address is a secret.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PODS } from '../../embedded-cluster/kubernetes/kinds/core/core.ts';
import { deployAlone, leaveUnfinished, recovered } from './support/left.ts';
import {
  currentRelease,
  logOf,
  podOf,
  runEnded,
  runEnds,
  submitRun,
  submitTask,
  taskEnded,
} from './support/run.ts';
import {
  AS_BEFORE,
  putLoadOn,
  QUICK,
  standing,
  startService,
  stopAllLoads,
} from './support/service.ts';
import { until } from './support/until.ts';
import { type E2eWorld, startWorld } from './support/world.ts';

let world: E2eWorld;
let receiver: Server;
interface News {
  readonly event: string;
  readonly service: string;
  readonly path: string;
}
const received: News[] = [];

/** What the receiver has heard of a service, oldest first. */
const newsOf = (name: string, at?: string): News[] =>
  received.filter(({ service, path }) => service === name && (at === undefined || path === at));

beforeAll(async () => {
  world = await startWorld();
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      received.push({ path: request.url, ...JSON.parse(body) });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  await stopAllLoads();
  receiver.close();
  await world.stop();
});

const HEAD = 'apiVersion: release.zero-downtime.dev/v1\nkind: ReleaseConfig\n';

describe('what a run may bring', () => {
  test('a config from a workspace wins over the ConfigMap', async () => {
    await startService(world, { name: 'brought', config: `${QUICK}strategy: {type: rolling}\n` });
    world.apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'from-the-repository' },
      data: { 'release.yaml': `${HEAD}${QUICK}` },
    });
    submitRun(world, {
      name: 'brought-1',
      service: 'brought',
      spec: { workspaces: [{ name: 'config', configMap: { name: 'from-the-repository' } }] },
    });
    // The ConfigMap beside the service has a key twice: had it been read, it would have been refused.
    await runEnds(world, 'brought-1', {
      reason: 'Completed',
      results: { outcome: 'promoted' },
    });
  });

  test('a smoke check that the stable fails as well is refused before anything is begun', async () => {
    const smoke = 'smoke: [{name: refunds, path: /refunds, expect: {status: 200}}]\n';
    await startService(world, { name: 'unasked', config: `${QUICK}${smoke}` });
    submitRun(world, { name: 'unasked-1', service: 'unasked' });
    const end = await runEnded(world, 'unasked-1');
    expect(end).toMatchObject({ reason: 'Failed', results: { outcome: 'unchanged' } });
    expect(end.tasks['pre-validation']).toMatchObject({ reason: 'StepFailed' });
    expect(end.tasks).not.toHaveProperty('deploy');
    const log = logOf(world, 'unasked-1', 'pre-validation');
    expect(log).toMatch(/stable-fails-smoke.* refunds on pod unasked-blue-/);
    expect(log).toContain('/refunds answered 404, expected 200');
    expect(standing(world, 'unasked')).toEqual(AS_BEFORE);
    expect(currentRelease(world, 'unasked')).toEqual({});
  });

  test('a smoke check that only the candidate fails ends the release before any traffic has moved', async () => {
    // The stable answers so, and what is released does not.
    const contains = `expect: {contains: '"by":"v1.1.0"'}`;
    const smoke = `smoke: [{name: books, path: /payments, ${contains}}]\n`;
    await startService(world, { name: 'smoked', config: `${QUICK}${smoke}` });
    const load = putLoadOn(world, 'smoked');
    submitRun(world, { name: 'smoked-1', service: 'smoked' });
    const end = await runEnded(world, 'smoked-1');
    const { servedBy } = await load.stop();
    expect(end).toMatchObject({ reason: 'Failed', results: { outcome: 'rolled-back' } });
    expect(end.results.reason).toMatch(/^smoke check failed: books on pod smoked-green-/);
    expect(end.results.reason).toContain('/payments the answer does not contain');
    expect(standing(world, 'smoked')).toMatchObject({ serves: 'blue', green: undefined });
    expect(Object.keys(servedBy)).toEqual(['v1.1.0']);
  });
});

describe('a webhook', () => {
  const port = () => (receiver.address() as AddressInfo).port; // it listens on a port

  test('is told that a release began and how it ended, and its address is a secret file', async () => {
    const hook = `notifications: [{type: webhook, urlFile: hook}]\n`;
    await startService(world, { name: 'told', config: `${QUICK}${hook}` });
    const url = `http://127.0.0.1:${port()}/secret-path`;
    world.apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'addresses' },
      stringData: { hook: url },
    });
    submitRun(world, {
      name: 'told-1',
      service: 'told',
      spec: { workspaces: [{ name: 'secrets', secret: { secretName: 'addresses' } }] },
    });
    const end = await runEnded(world, 'told-1');
    expect(end.results).toMatchObject({ outcome: 'promoted' });
    const always = { path: '/secret-path', service: 'told', namespace: 'default' };
    expect(newsOf('told')).toMatchObject([
      { ...always, event: 'started', outcome: null, reason: null, strategy: 'blue-green' },
      {
        ...always,
        event: 'completed',
        outcome: 'promoted',
        reason: null,
        strategy: 'blue-green',
        evidence: { moved: expect.any(String), drained: expect.any(String) },
      },
    ]);
    expect(JSON.stringify(currentRelease(world, 'told'))).not.toContain('secret-path');
  });

  test('is told of a run that was not let begin, and why, and the run says it too', async () => {
    const hook = `notifications: [{type: webhook, urlFile: hook}]\n`;
    const smoke = 'smoke: [{name: refunds, path: /refunds, expect: {status: 200}}]\n';
    await startService(world, { name: 'unlet', config: `${QUICK}${smoke}${hook}` });
    world.apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'where-unlet' },
      stringData: { hook: `http://127.0.0.1:${port()}/unlet` },
    });
    submitRun(world, {
      name: 'unlet-1',
      service: 'unlet',
      spec: { workspaces: [{ name: 'secrets', secret: { secretName: 'where-unlet' } }] },
    });
    const end = await runEnded(world, 'unlet-1');
    expect(end.results).toMatchObject({
      outcome: 'unchanged',
      code: 'preflight-stable-fails-smoke',
    });
    expect(newsOf('unlet')).toMatchObject([
      {
        path: '/unlet',
        event: 'refused',
        code: 'preflight-stable-fails-smoke',
        outcome: 'unchanged',
      },
    ]);
  });

  const WARNED = `
strategy: {blueGreen: {monitoring: 8s}}
rollback: {triggers: [{metric: error_rate, value: 1%, duration: 1s, cooldown: 1s, severity: warn}]}
`;

  test('is told once of what a trigger warns of, however often it does, if it asks for it', async () => {
    const picky = `  - {type: webhook, url: "http://127.0.0.1:${port()}/picky", events: [anomaly]}\n`;
    await startWarned('uneasy', picky);
    const load = putLoadOn(world, 'uneasy');
    submitRun(world, { name: 'uneasy-1', service: 'uneasy' });
    const end = await runEnded(world, 'uneasy-1');
    await load.stop();
    expect(end.results).toMatchObject({ outcome: 'promoted' });
    const wakeup = newsOf('uneasy', '/all');
    expect(wakeup.map(({ event }) => event)).toEqual(['started', 'anomaly', 'completed']);
    expect(wakeup[1]).toMatchObject({
      outcome: null,
      reason: expect.stringMatching(/^error_rate \d\S*% above 1%/),
      text: expect.stringMatching(/^default\/uneasy warning, .*: error_rate /),
    });
    // Whoever asks for one event hears of nothing else.
    expect(newsOf('uneasy', '/picky').map(({ event }) => event)).toEqual(['anomaly']);
    const warned = logOf(world, 'uneasy-1', 'deploy').match(/^anomaly="error_rate /gm);
    expect(warned?.length).toBeGreaterThan(1);
  });

  test('hears nothing twice from a stage that is killed and runs again', async () => {
    await startWarned('again');
    const load = putLoadOn(world, 'again');
    submitRun(world, { name: 'again-1', service: 'again' });
    await until('a warning is told', () =>
      newsOf('again').some(({ event }) => event === 'anomaly'),
    );
    const pod = podOf(world, 'again-1', 'deploy');
    const grace = { gracePeriodSeconds: 0 };
    world.cluster.world.objects.delete(PODS, 'default', pod?.metadata.name ?? '', grace);
    await runEnds(world, 'again-1', { results: { outcome: 'rolled-back' } });
    await load.stop();
    expect(newsOf('again').map(({ event }) => event)).toEqual(['started', 'anomaly', 'rollback']);
  });

  /** Every fourth answer is an error, in both versions: the judge has nothing against the new one. */
  async function startWarned(name: string, more = ''): Promise<void> {
    const hook = `notifications:\n  - {type: webhook, url: "http://127.0.0.1:${port()}/all"}\n${more}`;
    const quick = QUICK.replace(/^strategy:.*\n/m, '');
    const config = `${quick}${WARNED}${hook}`;
    await startService(world, { name, config, env: { ERROR_RATE: '0.25' } });
  }

  test('is told of the end by whoever brings it about, where no run concludes', async () => {
    const hook = `notifications: [{type: webhook, url: "http://127.0.0.1:${port()}/all"}]\n`;
    await startService(world, { name: 'alone', config: `${QUICK}${hook}` });
    deployAlone(world, 'alone-1', 'alone');
    expect(await taskEnded(world, 'alone-1', 60_000)).toMatchObject({ reason: 'Succeeded' });
    submitTask(world, 'alone-2', 'zero-downtime-rollback', { 'service-name': 'alone' });
    expect(await taskEnded(world, 'alone-2', 60_000)).toMatchObject({ reason: 'Succeeded' });
    // The rollback is a release as well, and it is promoted.
    const events = newsOf('alone').map(({ event }) => event);
    expect(events).toEqual(['started', 'completed', 'started', 'completed']);
  });

  test('is told of what recover has undone, with an address from its Secret', async () => {
    const hook = `notifications: [{type: webhook, urlFile: hook, events: [rollback]}]\n`;
    const slow = QUICK.replace(/^strategy:.*\n/m, 'strategy: {blueGreen: {monitoring: 60s}}\n');
    await startService(world, { name: 'left', config: `${slow}${hook}` });
    world.apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'zero-downtime-recover-secrets' },
      stringData: { hook: `http://127.0.0.1:${port()}/recovered` },
    });
    await leaveUnfinished(world, 'left-1', 'left');
    await recovered(world, 'recover-left');
    expect(newsOf('left')).toMatchObject([
      { event: 'rollback', path: '/recovered', outcome: 'rolled-back' },
    ]);
  });

  test('that does not answer changes nothing about the release', async () => {
    const hook = 'notifications: [{type: webhook, url: "http://127.0.0.1:1/nobody"}]\n';
    await startService(world, { name: 'untold', config: `${QUICK}${hook}` });
    submitRun(world, { name: 'untold-1', service: 'untold' });
    await runEnds(world, 'untold-1', {
      reason: 'Completed',
      results: { outcome: 'promoted' },
    });
  });
});
