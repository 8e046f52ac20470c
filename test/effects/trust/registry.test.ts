// A registry says where its tokens are given, and a config may name the registry: neither leads a login
// or a request where nobody wants it. With real servers, and one of them in the part of an attacker.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Destinations } from '../../../effects/context/destinations.ts';
import { askOverNetwork } from '../../../effects/http/http.ts';
import { resolveImage } from '../../../effects/inputs/image-registry.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
/** Registries on this machine are asked only where the installer lets it. */
const LOOPBACK: Destinations = { namespaces: [], hosts: [], networks: ['127.0.0.0/8'] };

type Seen = { readonly url: string; readonly authorization: string | undefined };

interface Recorded {
  readonly host: string;
  readonly seen: Seen[];
  answer: (request: IncomingMessage, response: ServerResponse) => void;
  readonly server: Server;
}

async function recorded(address: string): Promise<Recorded> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const { url = '', headers } = request;
    seen.push({ url, authorization: headers.authorization });
    made.answer(request, response);
  });
  await new Promise<void>((listening) => server.listen(0, address, listening));
  const { port } = server.address() as AddressInfo; // of a TCP server
  const made: Recorded = {
    host: `${address}:${port}`,
    seen,
    server,
    answer: (_, response) => response.end(),
  };
  return made;
}

let registry: Recorded;
let attacker: Recorded;
let login: string;

beforeAll(async () => {
  registry = await recorded('127.0.0.1');
  attacker = await recorded('127.0.0.2');
  login = mkdtempSync(join(tmpdir(), 'login-'));
  const auths = { [registry.host]: { username: 'robot', password: 'p4ssw0rd' } };
  writeFileSync(join(login, 'config.json'), JSON.stringify({ auths }));
});
beforeEach(() => {
  registry.seen.length = 0;
  attacker.seen.length = 0;
  attacker.answer = (_, response) => response.end('{"token":"t"}');
});
afterAll(() => {
  registry.server.close();
  attacker.server.close();
});

/** A registry that wants a token from `realm`, and gives `digest` to whoever has one. */
function wanting(realm: string, digest = DIGEST, token = '{"token":"t"}'): void {
  registry.answer = ({ method, headers }, response) => {
    if (method === 'GET') response.end(token);
    else if (headers.authorization?.startsWith('Bearer ')) {
      response.writeHead(200, { 'docker-content-digest': digest }).end();
    } else {
      const challenge = `Bearer realm="${realm}",service="r",scope="repository:app:pull"`;
      response.writeHead(401, { 'www-authenticate': challenge }).end();
    }
  };
}

const resolve = (to: Destinations, repository = `${registry.host}/app`) =>
  resolveImage({ ask: askOverNetwork, destinations: async () => to }, repository, 'v1', login);

describe('the token of a registry', () => {
  test('is asked for at the registry itself, with the login', async () => {
    wanting(`http://${registry.host}/token`);
    expect(await resolve(LOOPBACK)).toMatchObject({ kind: 'resolved', image: { digest: DIGEST } });
    expect(registry.seen.map(({ authorization }) => authorization?.split(' ')[0])).toEqual([
      'Basic',
      'Basic',
      'Bearer',
    ]);
  });

  test('is not asked for at another host, which hears nothing at all', async () => {
    wanting(`http://${attacker.host}/token`);
    const onlyRegistry = { ...LOOPBACK, networks: ['127.0.0.1/32'] };
    expect(await resolve(onlyRegistry)).toMatchObject({
      kind: 'unpinned',
      why: expect.stringContaining('gives tokens on another host'),
    });
    expect(attacker.seen).toEqual([]);
  });

  test('is asked for at another host that the installer allows', async () => {
    wanting(`http://${attacker.host}/token`);
    expect(await resolve(LOOPBACK)).toMatchObject({ kind: 'resolved' });
    expect(attacker.seen).toHaveLength(1);
  });

  test.each([
    ['a login of its own', () => `http://me:you@${registry.host}/token`, 'names a login'],
    ['another protocol', () => `file:///${registry.host}/token`, 'no login is sent over'],
  ])('is not asked for where the challenge has %s', async (_, realm, why) => {
    wanting(realm());
    const found = await resolve(LOOPBACK);
    expect(found).toMatchObject({ kind: 'unpinned', why: expect.stringContaining(why) });
    expect(registry.seen).toHaveLength(1);
  });

  test.each(['{"token":"a\\r\\nx-admin: 1"}', '{"token":7}', '<html>', `${'['.repeat(99)}`])(
    'that is none is not sent: %s',
    async (token) => {
      wanting(`http://${registry.host}/token`, DIGEST, token);
      expect(await resolve(LOOPBACK)).toMatchObject({ kind: 'unpinned' });
      expect(
        registry.seen.filter(({ authorization = '' }) => /^Bearer/.test(authorization)),
      ).toEqual([]);
    },
  );
});

describe('what a registry answers', () => {
  test('is no part of an image unless it is a digest', async () => {
    wanting(`http://${registry.host}/token`, 'sha256:abc" outcome=promoted x="');
    const found = await resolve(LOOPBACK);
    expect(found).toMatchObject({ kind: 'unpinned' });
    expect(JSON.stringify(found)).not.toContain('promoted');
  });

  test('that leads elsewhere is not followed, and the login stays', async () => {
    registry.answer = (_, response) => {
      response.writeHead(307, { location: `http://${attacker.host}/v2/app/manifests/v1` }).end();
    };
    expect(await resolve(LOOPBACK)).toMatchObject({ kind: 'unpinned' });
    expect(attacker.seen).toEqual([]);
  });
});

describe('a registry that a config names', () => {
  const NOTHING: Destinations = { namespaces: [], hosts: [], networks: [] };

  test.each([
    () => registry.host,
    () => `localhost:${registry.host.split(':')[1]}`,
    () => '169.254.169.254',
    () => '[::1]:5000',
    () => '[::ffff:169.254.169.254]',
  ])('at an address that is nobody’s service is not asked %#', async (host) => {
    registry.answer = (_, response) => response.end();
    expect(await resolve(NOTHING, `${host()}/app`)).toMatchObject({
      kind: 'unpinned',
      why: expect.stringContaining('leads to'),
    });
    expect(registry.seen).toEqual([]);
  });
});
