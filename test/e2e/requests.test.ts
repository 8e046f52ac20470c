// What a user may ask for beside the four params: a config from a workspace, smoke checks of their
// own, and news over a webhook whose address is a secret.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { currentRelease, runEnded, submitRun } from './support/run.ts';
import { QUICK, standing, startService } from './support/service.ts';
import { type E2eWorld, startWorld } from './support/world.ts';

let world: E2eWorld;
let receiver: Server;
const received: unknown[] = [];

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
    expect(await runEnded(world, 'brought-1')).toMatchObject({
      reason: 'Succeeded',
      results: { outcome: 'promoted' },
    });
  });

  test('a smoke check that fails ends the release before any traffic has moved', async () => {
    const smoke = 'smoke: [{name: refunds, path: /refunds, expect: {status: 200}}]\n';
    await startService(world, { name: 'smoked', config: `${QUICK}${smoke}` });
    submitRun(world, { name: 'smoked-1', service: 'smoked' });
    const end = await runEnded(world, 'smoked-1');
    expect(end).toMatchObject({ reason: 'Failed', results: { outcome: 'rolled-back' } });
    expect(end.results.reason).toMatch(/^smoke check failed: refunds on pod smoked-green-/);
    expect(end.results.reason).toContain('/refunds answered 404, expected 200');
    expect(standing(world, 'smoked')).toMatchObject({ serves: 'blue', green: undefined });
  });
});

describe('a webhook', () => {
  const port = () => (receiver.address() as AddressInfo).port; // it listens on a port

  test('is told how a release ended, and its address is a secret file', async () => {
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
    expect(received).toMatchObject([
      {
        path: '/secret-path',
        event: 'completed',
        service: 'told',
        namespace: 'default',
        outcome: 'promoted',
        reason: null,
        strategy: 'blue-green',
        evidence: { moved: expect.any(String), drained: expect.any(String) },
      },
    ]);
    expect(JSON.stringify(currentRelease(world, 'told'))).not.toContain('secret-path');
  });

  test('that does not answer changes nothing about the release', async () => {
    const hook = 'notifications: [{type: webhook, url: "http://127.0.0.1:1/nobody"}]\n';
    await startService(world, { name: 'untold', config: `${QUICK}${hook}` });
    submitRun(world, { name: 'untold-1', service: 'untold' });
    expect(await runEnded(world, 'untold-1')).toMatchObject({
      reason: 'Succeeded',
      results: { outcome: 'promoted' },
    });
  });
});
