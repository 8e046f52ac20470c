// As whom a stage acts, over a real socket: by its pod's token where that is the stage's own, else by
// the long-lived one; and always by what lies on the disk now.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { wallClock } from '../../../effects/base/clock.ts';
import { createKube } from '../../../effects/kube/client.ts';
import { type Connection, connect } from '../../../effects/kube/transport.ts';
import { createCertificates } from '../../../embedded-cluster/kubernetes/api/certificates.ts';
import { type ApiServer, startServer } from '../../../embedded-cluster/kubernetes/api/server.ts';
import { createTestApi, type TestApi } from '../../../embedded-cluster/test/api/support.ts';

const kubeconfigBefore = process.env.KUBECONFIG;

let api: TestApi;
let server: ApiServer;
let folder: string;

beforeEach(async () => {
  api = createTestApi();
  folder = mkdtempSync(join(tmpdir(), 'account-'));
  mkdirSync(join(folder, 'own'));
  mkdirSync(join(folder, 'long-lived'));
  api.post('/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'stage' } });
  api.post('/api/v1/namespaces/default/secrets', {
    metadata: { name: 's', annotations: { 'kubernetes.io/service-account.name': 'stage' } },
    type: 'kubernetes.io/service-account-token',
  });
  server = await startServer({ handler: api.front, certificates: await createCertificates() });
  const config = parse(server.kubeconfigFor('pod', ''));
  const tokenFile = join(folder, 'own/token');
  config.users[0].user = { 'auth-provider': { name: 'tokenFile', config: { tokenFile } } };
  writeFileSync(join(folder, 'kubeconfig'), JSON.stringify(config));
  process.env.KUBECONFIG = join(folder, 'kubeconfig');
});

afterEach(async () => {
  if (kubeconfigBefore === undefined) delete process.env.KUBECONFIG;
  else process.env.KUBECONFIG = kubeconfigBefore;
  await server.stop();
  rmSync(folder, { recursive: true });
});

function shortLived(account: string, expirationSeconds = 900): string {
  const path = `/api/v1/namespaces/default/serviceaccounts/${account}/token`;
  return api.post(path, { spec: { expirationSeconds } }).body.status.token;
}

function longLived(): string {
  const { data } = api.get('/api/v1/namespaces/default/secrets/s').body;
  return Buffer.from(data.token, 'base64').toString();
}

const mount = (name: 'own' | 'long-lived', token: string): void =>
  writeFileSync(join(folder, name, 'token'), token);

/** Who the API says that the stage is, and whether by a token that ends. */
async function seenBy(connection: Connection): Promise<string> {
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const answer = await connection.send(
    {
      method: 'POST',
      path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      body: JSON.stringify(review),
      contentType: 'application/json',
    },
    5_000,
  );
  if (answer.status !== 201) return String(answer.status);
  const { username, extra } = JSON.parse(answer.text).status.userInfo;
  return `${username.split(':').at(-1)}, ${extra ? 'short-lived' : 'long-lived'}`;
}

const seen = (): Promise<string> => seenBy(connect(join(folder, 'long-lived')));

test("a pod of the stage's own account needs no long-lived token", async () => {
  mount('own', shortLived('stage'));
  expect(await seen()).toBe('stage, short-lived');
});

test("a pod of the stage's own account leaves the long-lived token alone where there is one", async () => {
  mount('own', shortLived('stage'));
  mount('long-lived', longLived());
  expect(await seen()).toBe('stage, short-lived');
});

test('a pod of any other account acts as the stage all the same', async () => {
  mount('own', shortLived('default'));
  mount('long-lived', longLived());
  expect(await seen()).toBe('stage, long-lived');
});

test('a pod of any other account acts as that where no long-lived token is installed', async () => {
  mount('own', shortLived('default'));
  expect(await seen()).toBe('default, short-lived');
});

test.each(['', 'not a token', 'a.b.c', `x.${Buffer.from('null').toString('base64url')}.y`])(
  "the long-lived token is taken where the pod's own is %p",
  async (own) => {
    mount('own', own);
    mount('long-lived', longLived());
    expect(await seen()).toBe('stage, long-lived');
  },
);

test('a token that has ended is changed for the one that the kubelet has written since', async () => {
  mount('own', shortLived('stage', 600));
  const connection = connect(join(folder, 'long-lived'));
  expect(await seenBy(connection)).toBe('stage, short-lived');
  await api.clock.advanceTo(api.clock.now() + 601_000);
  expect(await seenBy(connection)).toBe('401');
  mount('own', shortLived('stage'));
  const kube = createKube(connection, wallClock, new AbortController().signal);
  await expect(kube.text('/version')).resolves.toContain('gitVersion');
  expect(await seenBy(connection)).toBe('stage, short-lived');
});
