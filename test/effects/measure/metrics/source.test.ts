// A source behind TLS that wants a token, and one that is down: over real connections on loopback.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { generate } from 'selfsigned';
import { instant } from '../../../../core/base/vocabulary.ts';
import type { Measured } from '../../../../core/metrics/metric.ts';
import type { Plan } from '../../../../core/plan/plan.ts';
import type { Observer } from '../../../../effects/kube/watch/observer.ts';
import { startPolling } from '../../../../effects/measure/metrics/polling.ts';
import { APP, deployment, service } from '../../../core/support/objects.ts';
import { planFor, settingsFor } from '../../../core/support/play.ts';
import { toyCluster } from '../../../core/support/toy-cluster.ts';
import { measuring } from './support/outside.ts';

const TOKEN = 'not-to-be-seen';
const BLUE = { app: APP, version: 'blue' };

let server: Server;
let url: string;
let folder: string;

beforeAll(async () => {
  const altNames = [{ type: 7 as const, ip: '127.0.0.1' }];
  const attributes = [{ name: 'commonName', value: '127.0.0.1' }];
  const pems = await generate(attributes, { extensions: [{ name: 'subjectAltName', altNames }] });
  server = createServer({ key: pems.private, cert: pems.cert }, ({ headers }, response) => {
    const known = headers.authorization === `Bearer ${TOKEN}`;
    response.writeHead(known ? 200 : 401);
    response.end('{"booked":{"share":0.97}}');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/summary`;
  folder = mkdtempSync(join(tmpdir(), 'secrets-'));
  writeFileSync(join(folder, 'token'), `${TOKEN}\n`);
  writeFileSync(join(folder, 'wrong'), 'another');
  writeFileSync(join(folder, 'ca.pem'), pems.cert);
});
afterAll(() => new Promise((closed) => server.close(closed)));

function planWith(source: { url: string; tokenFile?: string; caFile?: string }): Plan {
  const cluster = toyCluster([deployment(`${APP}-blue`, 'v1', BLUE)], service(BLUE));
  const metric = { name: 'booked', provider: 'http-json', path: '$.booked.share' } as const;
  const metrics = [{ ...metric, ...source, interval: '1s', successCondition: 'result >= 0.95' }];
  return planFor(cluster, settingsFor('blue-green', { analysis: { metrics } }));
}

const nothing = {
  look: () => ({ pods: [], replicaSets: [], deployments: new Map(), slices: [] }),
};

/** The first answer. */
function measured(plan: Plan, secretsDir: string): Promise<Measured | undefined> {
  const polling = startPolling(measuring(secretsDir), plan, nothing as unknown as Observer); // no pods are needed
  return new Promise((answered) => {
    polling.meet(() => answered(polling.measured.get('booked/candidate')));
  });
}

describe('a source behind TLS that wants a token', () => {
  test('answers who trusts its CA and has the token', async () => {
    const plan = planWith({ url, tokenFile: 'token', caFile: 'ca.pem' });
    expect(await measured(plan, folder)).toMatchObject({ value: 0.97, met: 'success' });
  });

  test.each([
    ['no CA', { tokenFile: 'token' }, 'no-answer', /self-signed|unable to verify/],
    ['a wrong token', { tokenFile: 'wrong', caFile: 'ca.pem' }, 'refused', /answered 401/],
    [
      'a token that is not there',
      { tokenFile: 'lost', caFile: 'ca.pem' },
      'no-answer',
      /tokenFile lost: is not there/,
    ],
  ])(
    'does not answer with %s, and nobody is told the token',
    async (_name, access, oddity, why) => {
      const answer = await measured(planWith({ url, ...access }), folder);
      expect(answer).toMatchObject({
        kind: 'unmeasurable',
        oddity,
        why: expect.stringMatching(why),
      });
      expect(JSON.stringify(answer)).not.toContain(TOKEN);
    },
  );

  test('a run without the workspace is told so', async () => {
    const answer = await measured(planWith({ url, tokenFile: 'token' }), '');
    expect(answer).toMatchObject({ why: 'tokenFile token: the run has no workspace secrets' });
  });
});

describe('a source that is down', () => {
  test('is asked less and less often, and as before once it is back', async () => {
    let now = 0;
    let isDown = true;
    const asked: number[] = [];
    const context = {
      ...measuring(),
      clock: { now: () => instant(now), sleep: async () => undefined },
      askConfigured: async () => {
        asked.push(now / 1000);
        return isDown
          ? ({ kind: 'failed', why: 'ECONNREFUSED', headers: new Map() } as const)
          : ({
              kind: 'answered',
              status: 200,
              body: '{"booked":{"share":1}}',
              headers: new Map(),
            } as const);
      },
    };
    const plan = planWith({ url: 'http://127.0.0.1:1/' });
    const polling = startPolling(context, plan, nothing as unknown as Observer); // as above
    for (let second = 0; second <= 80; second += 1) {
      now = second * 1000;
      if (second === 60) isDown = false;
      polling.meet(() => undefined);
      await new Promise(setImmediate);
    }
    const pauses = asked.slice(1).map((at, index) => at - (asked[index] ?? 0));
    expect(pauses.slice(0, 6)).toEqual([2, 4, 8, 16, 20, 20]);
    expect(pauses.slice(6)).toEqual(Array.from({ length: pauses.length - 6 }, () => 1));
    expect(pauses.length).toBeGreaterThan(10);
  });
});
