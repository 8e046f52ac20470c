// Tokens in a pod's volume: asked for as the projection says, and written anew before they end.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createVirtualClock } from '../../base/virtual-clock.ts';
import type { Pod } from '../../kubernetes/shapes.ts';
import type { World } from '../../kubernetes/world.ts';
import { layOutVolume } from '../../node/processes/files.ts';
import { renewFiles } from '../../node/processes/renewals.ts';
import type { TokenProjection } from '../../node/volumes/credentials.ts';
import { planVolumes } from '../../node/volumes/plan.ts';

const QUARTER_MS = 900_000;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'renewals-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'shop', uid: 'u', creationTimestamp: '', resourceVersion: '1' },
  spec: {
    serviceAccountName: 'clerk',
    containers: [],
    volumes: [
      {
        name: 'identity',
        projected: {
          sources: [
            { serviceAccountToken: { path: 'token', expirationSeconds: 900, audience: 'vault' } },
          ],
        },
      },
    ],
  },
} as unknown as Pod; // as much of one as its volumes need

test('a token is there as long as its pod is, and never older than four fifths of its time', async () => {
  const clock = createVirtualClock(0);
  const asked: TokenProjection[] = [];
  let isThere = true;
  const credentials = {
    server: { host: 'api', port: 443, scheme: 'https' },
    caPem: undefined,
    tokenFor: (_pod: Pod, wish: TokenProjection) => {
      asked.push(wish);
      return isThere ? { token: `token-${asked.length}`, lifetimeMs: QUARTER_MS } : undefined;
    },
  } as const;
  const world = { clock } as unknown as World; // a projected token needs nothing else of it
  const [volume] = planVolumes({ world, credentials, pod: POD });
  if (!volume) throw new Error('no volume was planned');
  const path = layOutVolume(volume, folder, folder);
  const kept = renewFiles(clock, path, volume.contents);
  const token = (): string => readFileSync(join(path, 'token'), 'utf8');

  expect(token()).toBe('token-1');
  expect(asked[0]).toMatchObject({ audience: 'vault', expirationSeconds: 900 });
  await clock.advanceTo(0.8 * QUARTER_MS - 1);
  expect(token()).toBe('token-1');
  await clock.advanceTo(0.8 * QUARTER_MS);
  expect(token()).toBe('token-2');
  await clock.advanceTo(1.6 * QUARTER_MS);
  expect(token()).toBe('token-3');
  expect(readdirSync(path)).toEqual(['token']);

  isThere = false;
  await clock.advanceTo(2.4 * QUARTER_MS);
  isThere = true;
  await clock.advanceTo(10 * QUARTER_MS);
  expect([token(), asked.length]).toEqual(['token-3', 4]);
  kept.stop();
});

test('a pod that is gone asks for no token any more', async () => {
  const clock = createVirtualClock(0);
  let asked = 0;
  const renew = () => {
    asked += 1;
    return undefined;
  };
  const file = { path: 't', content: Buffer.from(''), mode: 0o644, renewal: { afterMs: 5, renew } };
  renewFiles(clock, folder, { type: 'files', files: [file] }).stop();
  await clock.advanceTo(100);
  expect(asked).toBe(0);
});
