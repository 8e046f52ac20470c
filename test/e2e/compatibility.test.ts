// Versions that do not go together end a release before anything is touched; what docs/compatibility.md
// shows is what the stage says.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { exampleImages, stageImages } from '../../embedded-cluster/cluster/images.ts';
import { parseManifests } from '../../embedded-cluster/cluster/manifests.ts';
import { AS_BEFORE, QUICK, standing, startService } from './support/service.ts';
import { runStage } from './support/stage.ts';
import { type E2eWorld, ROOT, releaseConfig, startWorld } from './support/world.ts';

const PAGE = readFileSync(join(ROOT, 'docs/compatibility.md'), 'utf8');
const SERVICE = 'payment-service';

const block = (kind: string, nth = 0): string =>
  [...PAGE.matchAll(new RegExp(`\`\`\`${kind}\n([^\`]+)\`\`\``, 'g'))][nth]?.[1] ?? '';

let world: E2eWorld;
beforeAll(async () => {
  world = await startWorld({ images: [...stageImages(ROOT, versionHere()), ...images()] });
  await startService(world, { name: SERVICE, config: `${QUICK}${block('yaml')}` });
  await startService(world, { name: 'orders' });
  world.apply(...parseManifests(block('yaml', 1)));
});
afterAll(() => world.stop());

const preValidation = (tag: string) =>
  runStage(world, 'pre-validation', {
    'release-id': `run-${tag}`,
    service: SERVICE,
    'image-tag': tag,
    strategy: 'blue-green',
  });

test('what does not go together is refused at once, in the words of the page', async () => {
  const { exitCode, stdout } = await preValidation('v1.2.0');
  const refused = stdout.split('\n').filter((line) => line.startsWith('preflight=refused'));
  expect(refused).toEqual(block('text').trim().split('\n'));
  expect(stdout).toMatch(/^preflight=warning check=breaking-change .*answers 201 instead of 200/m);
  expect(stdout).toMatch(/^preflight=warning check=upgrade-steps .*tell the desk/m);
  expect({ exitCode, ...standing(world, SERVICE) }).toEqual({ exitCode: 1, ...AS_BEFORE });
});

test('what an image says of itself counts, and is asked of the registry', async () => {
  world.apply(releaseConfig(SERVICE, `${QUICK}compatibility: {}\n`));
  const { exitCode, stdout } = await preValidation('v1.3.0');
  expect(stdout).toMatch(
    /check=needs-version message="payment-service 1\.3\.0 needs ledger >=2\.3 <4 \(labels of the image\), and there is no service ledger/,
  );
  expect(exitCode).toBe(1);
});

test('a range that is none, and a key that no one knows, end with every fault and its line', async () => {
  const wrong =
    'compatibility:\n  versions:\n    - {match: two, require: {ledger: "1"}}\n  stops: [">>1"]\n';
  world.apply(releaseConfig(SERVICE, `${QUICK}${wrong}`));
  const { exitCode, stdout } = await preValidation('v1.2.0');
  expect(stdout).toMatch(/versions\/0\/match is not a range of versions/);
  expect(stdout).toMatch(/versions\/0\/require is not a known key; did you mean requires\?/);
  expect(stdout).toMatch(/stops\/0 is not a range of versions/);
  expect(exitCode).toBe(2);
});

test('a document of the namespace with a fault is named, and refuses', async () => {
  world.apply(releaseConfig(SERVICE, QUICK));
  world.apply({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'zero-downtime-compatibility' },
    data: {
      'orders.yaml': 'versions:\n  - {match: "<1.4", requires: {payment-service: soon}}\n',
      'web.yml': '',
    },
  });
  const { exitCode, stdout } = await preValidation('v1.2.0');
  expect(stdout).toMatch(
    /zero-downtime-compatibility, orders\.yaml line 2: .*is not a range of versions/,
  );
  expect(stdout).toMatch(
    /zero-downtime-compatibility, web\.yml: the key has to be <service>\.yaml/,
  );
  expect(exitCode).toBe(2);
});

function versionHere(): string {
  return JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version;
}

/** The example's, and one that carries the labels of the page. */
function images() {
  const labels = Object.fromEntries(
    [...block('dockerfile').matchAll(/([\w.-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [
      key,
      value,
    ]),
  );
  const examples = exampleImages(ROOT);
  const [first] = examples;
  if (!first) throw new Error('there is no example');
  return [...examples, { ...first, tags: ['v1.3.0'], labels }];
}
