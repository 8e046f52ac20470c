// An image that is not fit to serve ends its run before anything is touched; one that is, is released.
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exampleImages } from '../../embedded-cluster/cluster/images.ts';
import { currentRelease, logOf, runEnds, submitRun } from './support/run.ts';
import { AS_BEFORE, QUICK, standing, startService } from './support/service.ts';
import { runStage } from './support/stage.ts';
import { type E2eWorld, ROOT, startWorld } from './support/world.ts';

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
  expect(currentRelease(world, 'fit').history?.[0]).toMatchObject({
    outcome: 'promoted',
    found: { 'security-scan': expect.stringMatching(/^passed: \S+:v1\.2\.0@sha256:/) },
  });
});

describe('deploy by itself', () => {
  const LIVABLE = { podSecurity: { level: 'privileged', failOn: 'critical' } };
  const request = (service: string) => ({
    'release-id': `${service}-run`,
    service,
    'image-tag': 'v1.2.0',
    strategy: 'blue-green',
  });

  test('begins nothing where the release config asks for a scan and no one has made one', async () => {
    const config = `${QUICK}security: ${JSON.stringify(LIVABLE)}\n`;
    await startService(world, { name: 'unscanned', config });
    const { exitCode, stdout } = await runStage(world, 'deploy', request('unscanned'));
    expect(stdout).toMatch(/asks for a scan \(security\), and there is no verdict of this run/);
    expect({ exitCode, ...standing(world, 'unscanned') }).toEqual({ exitCode: 2, ...AS_BEFORE });
  });

  test('begins nothing where the tag was moved after the scan', async () => {
    const config = `${QUICK}security: ${JSON.stringify(LIVABLE)}\n`;
    await startService(world, { name: 'moved', config });
    const scan = await runStage(world, 'security-scan', request('moved'));
    expect([scan.exitCode, scan.stdout]).toEqual([0, expect.stringContaining('outcome=passed')]);
    const was = exampleImages(ROOT).find(({ tags }) => tags.includes('v1.2.0'));
    if (!was) throw new Error('there is no v1.2.0');
    world.cluster.images.add({ ...was, tags: ['v1.2.0'], env: { ...was.env, MOVED: 'yes' } });
    const { exitCode, stdout } = await runStage(world, 'deploy', request('moved'));
    world.cluster.images.add(was);
    expect(stdout).toMatch(
      /IMG003: the image that was checked is sha256:\w+, and the tag leads to sha256:/,
    );
    expect({ exitCode, ...standing(world, 'moved') }).toEqual({ exitCode: 1, ...AS_BEFORE });
  });
});
