// A release runs what the registry says that the tag is now, and nothing that it only seems to say. Where
// tokens may be asked for, and where not, is in test/effects/trust/registry.test.ts, over real sockets.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Destinations } from '../../../effects/context/destinations.ts';
import type { HttpAnswer, HttpRequest } from '../../../effects/http/http.ts';
import { resolveImage } from '../../../effects/inputs/image-registry.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const REPOSITORY = 'registry.example/team/app';
const TO: Destinations = { namespaces: [], hosts: [], networks: [] };

const answered = (status: number, headers: Record<string, string> = {}, body = ''): HttpAnswer => ({
  kind: 'answered',
  status,
  body,
  headers: new Map(Object.entries(headers)),
});
const PINNED = answered(200, { 'docker-content-digest': DIGEST });
const challenge = (realm: string): HttpAnswer =>
  answered(401, {
    'www-authenticate': `Bearer realm="${realm}",service="r",scope="repository:team/app:pull"`,
  });

/** Asks for `v1` where the nth request is answered like this. */
async function resolved(
  answers: readonly HttpAnswer[],
  { repository = REPOSITORY, login = '' }: { repository?: string; login?: string } = {},
) {
  const asked: HttpRequest[] = [];
  const context = {
    destinations: async () => TO,
    ask: async (request: HttpRequest) => {
      asked.push(request);
      return answers[asked.length - 1] ?? answered(500);
    },
  };
  const found = await resolveImage(context, repository, 'v1', login);
  return { found, asked };
}

function loginFor(host: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'login-'));
  const auths = { [host]: { username: 'robot', password: 'p4ss' } };
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths }));
  return folder;
}

describe('a tag', () => {
  test('that the registry knows is pinned to its digest', async () => {
    const { found, asked } = await resolved([PINNED]);
    expect(found).toEqual({
      kind: 'resolved',
      image: { reference: `${REPOSITORY}:v1@${DIGEST}`, tag: 'v1', digest: DIGEST },
    });
    expect(asked).toMatchObject([
      { method: 'HEAD', url: 'https://registry.example/v2/team/app/manifests/v1' },
    ]);
  });

  test('is asked for as an index too: else an image of several platforms has another digest', async () => {
    const { asked } = await resolved([PINNED]);
    expect(asked[0]?.headers?.accept).toContain('application/vnd.oci.image.index.v1+json');
    expect(asked[0]?.headers?.accept).toContain('manifest.list.v2+json');
  });

  test('that the registry does not know is no image: nothing is to be begun', async () => {
    const { found } = await resolved([answered(404)]);
    expect(found).toMatchObject({
      kind: 'missing',
      why: expect.stringContaining(`${REPOSITORY}:v1 does not exist`),
    });
  });

  test.each<[string, HttpAnswer]>([
    ['does not answer', { kind: 'failed', why: 'ECONNREFUSED', headers: new Map() }],
    ['answers 403', answered(403, { 'docker-content-digest': DIGEST })],
    ['answers 429', answered(429)],
    ['answers 500', answered(500, { 'docker-content-digest': DIGEST })],
    ['answers 302', answered(302, { 'docker-content-digest': DIGEST })],
    ['tells no digest', answered(200)],
    ['tells a digest that is none', answered(200, { 'docker-content-digest': 'sha256:abc' })],
  ])('is taken by its name, and said to be, where the registry %s', async (_what, answer) => {
    const { found } = await resolved([answer]);
    expect(found).toMatchObject({
      kind: 'unpinned',
      image: { reference: `${REPOSITORY}:v1`, digest: undefined },
      why: expect.stringContaining('registry.example'),
    });
  });

  test.each([
    ['app', 'https://registry-1.docker.io/v2/library/app/manifests/v1'],
    ['team/app', 'https://registry-1.docker.io/v2/team/app/manifests/v1'],
    ['registry.example:5000/app', 'https://registry.example:5000/v2/app/manifests/v1'],
  ])('of %s is looked for where Docker would look', async (repository, url) => {
    expect((await resolved([PINNED], { repository })).asked[0]?.url).toBe(url);
  });
});

describe('a registry that wants to know who asks', () => {
  const REALM = 'https://registry.example/token';

  test('is told by the login that the run was given for it, and by no other', async () => {
    const own = await resolved([PINNED], { login: loginFor('registry.example') });
    const basic = `Basic ${Buffer.from('robot:p4ss').toString('base64')}`;
    expect(own.asked[0]?.headers).toMatchObject({ authorization: basic });
    const others = await resolved([PINNED], { login: loginFor('elsewhere.example') });
    expect(others.asked[0]?.headers).not.toHaveProperty('authorization');
  });

  test('is asked again with the token that it gives, for what the challenge is about', async () => {
    const token = answered(200, {}, '{"token":"t"}');
    const { found, asked } = await resolved([challenge(REALM), token, PINNED]);
    expect(found).toMatchObject({ kind: 'resolved' });
    expect(asked[1]?.url).toBe(`${REALM}?service=r&scope=repository%3Ateam%2Fapp%3Apull`);
    expect(asked[2]?.headers).toMatchObject({ authorization: 'Bearer t' });
  });

  test('may call its token access_token', async () => {
    const token = answered(200, {}, '{"access_token":"t"}');
    const { asked } = await resolved([challenge(REALM), token, PINNED]);
    expect(asked[2]?.headers).toMatchObject({ authorization: 'Bearer t' });
  });

  test.each<[string, HttpAnswer]>([
    ['refuses one', answered(403, {}, '{"token":"t"}')],
    ['is not there', { kind: 'failed', why: 'ECONNREFUSED', headers: new Map() }],
    ['gives none', answered(200, {}, '{}')],
  ])('is not asked a third time where whoever gives tokens %s', async (_what, token) => {
    const { found, asked } = await resolved([challenge(REALM), token, PINNED]);
    expect(found).toMatchObject({ kind: 'unpinned', why: expect.stringContaining('answered 401') });
    expect(asked).toHaveLength(2);
  });

  test.each([
    '',
    'Basic realm="https://registry.example/token"',
    'Bearer realm="no url"',
    'Bearer service="r"',
  ])('by a challenge that nobody can answer is asked once: %s', async (header) => {
    const { found, asked } = await resolved([answered(401, { 'www-authenticate': header })]);
    expect(found).toMatchObject({ kind: 'unpinned' });
    expect(asked).toHaveLength(1);
  });

  test('sends the login to no host that gives tokens in the clear', async () => {
    const login = loginFor('registry.example');
    const realm = 'http://registry.example/token';
    const { found, asked } = await resolved([challenge(realm)], { login });
    expect(found).toMatchObject({ kind: 'unpinned' });
    expect(asked).toHaveLength(1);
  });

  test.each([
    ['registry-1.docker.io', 'https://auth.docker.io/token', 'app'],
    ['registry.gitlab.com', 'https://gitlab.com/jwt/auth', 'registry.gitlab.com/team/app'],
  ])(
    '(%s) may give its tokens where everybody knows that it does',
    async (_host, realm, repository) => {
      const token = answered(200, {}, '{"token":"t"}');
      const { found } = await resolved([challenge(realm), token, PINNED], { repository });
      expect(found).toMatchObject({ kind: 'resolved' });
    },
  );

  test('may not give them where another registry does', async () => {
    const { asked } = await resolved([challenge('https://auth.docker.io/token')]);
    expect(asked).toHaveLength(1);
  });
});
