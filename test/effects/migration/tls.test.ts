// A real server that speaks TLS: who it is and who we are is checked, and no secret is told when it is not so.
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { generate } from 'selfsigned';
import type { MigrationEnd } from '../../../core/migration/engine.ts';
import { type Asked, ask, type Bench, type Files, startBench } from './support/bench.ts';

const PASSWORD = 'not-to-be-seen';
/** What the test server is called: an address, and no name. */
const SERVER = [{ type: 7 as const, ip: '127.0.0.1' }];

type Pems = Awaited<ReturnType<typeof generate>>;
let authority: Pems;
let stranger: Pems;
let ours: Pems;
let bench: Bench;
let known: Files;
let folder: (files: Files) => string;

const authorityOf = (name: string): Promise<Pems> =>
  generate([{ name: 'commonName', value: name }], {
    ...{ keyType: 'ec', algorithm: 'sha256' },
    extensions: [{ name: 'basicConstraints', cA: true, critical: true }],
  });
const signed = (by: Pems, name: string, altNames: typeof SERVER = []): Promise<Pems> =>
  generate([{ name: 'commonName', value: name }], {
    ...{ keyType: 'ec', algorithm: 'sha256' },
    ca: { key: by.private, cert: by.cert },
    extensions: altNames.length === 0 ? [] : [{ name: 'subjectAltName', altNames }],
  });

beforeAll(async () => {
  [authority, stranger] = await Promise.all([authorityOf('shop'), authorityOf('somebody')]);
  const server = await signed(authority, 'database', SERVER);
  ours = await signed(authority, 'migrator');
  bench = await startBench(PASSWORD, [], {
    tls: { cert: server.cert, key: server.private, ca: authority.cert },
    access: ['hostssl all migrator 127.0.0.1/32 cert'],
  });
  const database = await bench.database('CREATE ROLE migrator LOGIN');
  const { hostname, port, pathname } = new URL(database.url);
  known = {
    host: hostname,
    port,
    username: 'postgres',
    password: PASSWORD,
    database: pathname.slice(1),
  };
  folder = database.folder;
});
afterAll(() => bench.close());

const said = ({ summary, problems, events }: Asked): string =>
  JSON.stringify([summary, problems, events]);

async function look(files: Files): Promise<Asked> {
  return ask({ command: 'doctor' }, { credentialsDir: folder(files) });
}

/** Whether the session is encrypted, as doctor sees it. */
const tlsGate = ({ facts }: MigrationEnd) => facts?.gates.find(({ gate }) => gate === 'encrypted');

test('the certificates of the test are what they are said to be', () => {
  const own = new X509Certificate(ours.cert);
  expect(own.verify(new X509Certificate(authority.cert).publicKey)).toBe(true);
  expect(own.verify(new X509Certificate(stranger.cert).publicKey)).toBe(false);
});

describe('with the CA of the server', () => {
  test('the keys of a basic-auth Secret let in, over TLS', async () => {
    const end = await look({ ...known, 'ca.crt': authority.cert });
    expect(tlsGate(end)).toMatchObject({ holds: true });
    expect(said(end)).not.toContain(PASSWORD);
  });

  test('so does a URL with the password in it', async () => {
    const { host, port, database } = known;
    const url = `postgresql://postgres:${PASSWORD}@${host}:${port}/${database}?sslmode=verify-full`;
    const end = await look({ url, 'ca.crt': authority.cert });
    expect(tlsGate(end)).toMatchObject({ holds: true });
    expect(said(end)).not.toContain(PASSWORD);
  });

  test('another name than the certificate has is refused, and is of no matter to verify-ca', async () => {
    const elsewhere = { ...known, host: 'localhost', 'ca.crt': authority.cert };
    const end = await look(elsewhere);
    expect(end.exitCode).toBe(2);
    expect(end.problems[0]?.message).toMatch(/the certificate of localhost:\d+ was not accepted/);
    expect(tlsGate(await look({ ...elsewhere, sslmode: 'verify-ca' }))).toMatchObject({
      holds: true,
    });
  });
});

describe('a server that is not the one', () => {
  test.each([
    ['verify-full, of itself where there is a CA', {}],
    ['verify-ca', { sslmode: 'verify-ca' }],
  ])('is told from it by %s, before it hears the password', async (_, more) => {
    const end = await look({ ...known, 'ca.crt': stranger.cert, ...more });
    expect(end.exitCode).toBe(2);
    expect(end.problems).toHaveLength(1);
    expect(end.problems[0]?.message).toMatch(
      /the certificate of 127\.0\.0\.1:\d+ was not accepted/,
    );
    expect(said(end)).not.toContain(PASSWORD);
  });

  test('is not told from it by require, which says so little of itself', async () => {
    expect(tlsGate(await look({ ...known, sslmode: 'require' }))).toMatchObject({ holds: true });
  });
});

describe('where the server asks for a certificate', () => {
  const asMigrator = (): Files => ({
    host: known.host ?? '',
    port: known.port ?? '',
    database: known.database ?? '',
    username: 'migrator',
    'ca.crt': authority.cert,
  });

  test('ours lets in, without a password', async () => {
    const end = await look({
      ...asMigrator(),
      'tls.crt': ours.cert,
      'tls.key': ours.private,
    });
    expect(tlsGate(end)).toMatchObject({ holds: true });
  });

  test.each<[string, () => Files, RegExp]>([
    ['none', () => ({}), /does not let migrator in/],
    [
      "a stranger's",
      () => ({ 'tls.crt': stranger.cert, 'tls.key': stranger.private }),
      /certificate|does not let migrator in|does not answer/,
    ],
    ['half of one', () => ({ 'tls.crt': ours.cert }), /tls\.crt and tls\.key belong together/],
    [
      'a key that is of another',
      () => ({ 'tls.crt': ours.cert, 'tls.key': stranger.private }),
      /certificate|key/,
    ],
  ])('%s does not, and nothing of the key is told', async (_, files, why) => {
    const end = await look({ ...asMigrator(), ...files() });
    expect(end.exitCode).toBe(2);
    expect(end.problems.map(({ message }) => message).join('\n')).toMatch(why);
    expect(said(end)).not.toContain('PRIVATE KEY');
  });
});
