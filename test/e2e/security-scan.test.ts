// An image that is not fit to serve ends its run before anything is touched; one that is, is released.
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { logOf, runEnds, submitRun } from './support/run.ts';
import { AS_BEFORE, QUICK, standing, startService } from './support/service.ts';
import { type E2eWorld, startWorld } from './support/world.ts';

let world: E2eWorld;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

async function scanned(name: string, security: object): Promise<void> {
  await startService(world, { name, config: `${QUICK}security: ${JSON.stringify(security)}\n` });
  const given = {
    'service-name': name,
    'image-tag': 'v1.2.0',
    'deployment-strategy': 'blue-green',
    'security-scan': 'run',
  };
  const params = Object.entries(given).map(([key, value]) => ({ name: key, value }));
  submitRun(world, { name: `${name}-1`, service: name, spec: { params } });
}

test('an image that no one has signed is not released, and the log says what helps', async () => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keys = [publicKey.export({ type: 'spki', format: 'pem' })];
  await scanned('unsigned', { signatures: { keys } });
  await runEnds(world, 'unsigned-1', {
    reason: 'Failed',
    tasks: { 'security-scan': { exitCode: 1 } },
  });
  expect(standing(world, 'unsigned')).toMatchObject(AS_BEFORE);
  const log = logOf(world, 'unsigned-1', 'security-scan');
  expect(log).toContain('cosign sign --key');
  expect(log).toContain('outcome=refused');
});

test('an image and pods that are fit to serve are released', async () => {
  await scanned('fit', {
    podSecurity: { level: 'privileged', failOn: 'critical' },
    networkPolicies: 'warn',
  });
  const end = await runEnds(world, 'fit-1', { results: { outcome: 'promoted' } });
  expect(end.tasks['security-scan']?.results).toMatchObject({ verdict: 'passed' });
});
