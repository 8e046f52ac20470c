// What a release config asks to be well before a release is asked by the stage, and refuses it where it is not.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { instant } from '../../../core/base/vocabulary.ts';
import type { ReleaseConfig } from '../../../core/config/schema.ts';
import type { StageContext } from '../../../effects/context/stage-context.ts';
import { stage } from '../../../steps/pre-validation/stage.ts';
import { QUICK } from '../../effects/support/toy-service.ts';
import { NODE, staged } from '../support.ts';

const PAGE = readFileSync(resolve(import.meta.dirname, '../../../docs/preflight.md'), 'utf8');
/** By addresses: nobody asks DNS for the page's names. */
const ON_PAGE = (): Partial<ReleaseConfig> =>
  parse(
    (/```yaml\n(preflight:\n {2}freezes[^`]+)```/.exec(PAGE)?.[1] ?? '').replaceAll(
      /(postgres|rates|shop\.example\.com):(?=\d)/g,
      '127.9.9.9:',
    ),
  );
const ANY_HOST = async () => ({ namespaces: [], hosts: ['*'], networks: ['127.0.0.0/8'] });

async function validated(config: Partial<ReleaseConfig>, own: Partial<StageContext> = {}) {
  const { run, world } = await staged(stage, { objects: [NODE], config: { ...QUICK, ...config } });
  const ended = await run({ strategy: 'rolling' }, own);
  expect(world.api.writes).toEqual([]);
  const found = world.lines.flatMap((line) => /check=([a-z-]+) message/.exec(line)?.[1] ?? []);
  return { ...ended, found, world };
}

const PROMETHEUS = {
  analysis: { providers: { prometheus: { address: 'http://prometheus:9090' } } },
};

test('the config of the page is understood, and all that is not well is told at once', async () => {
  const away = async () => 'ECONNREFUSED';
  const { exitCode, found } = await validated(
    { ...ON_PAGE(), ...PROMETHEUS },
    {
      reach: away,
      destinations: ANY_HOST,
    },
  );
  expect(found).toEqual(
    expect.arrayContaining([
      'no-backup',
      'dependency-away',
      'error-budget',
      'image-old',
      'certificate-expires',
    ]),
  );
  expect(exitCode).toBe(1);
});

test('a service whose dependencies answer may be released', async () => {
  const { exitCode, world } = await validated({
    preflight: {
      dependencies: [
        { name: 'database', tcp: '127.9.9.9:5432' },
        { name: 'rates', grpc: '127.9.9.9:9090' },
      ],
    },
  });
  expect([exitCode, world.lines.filter((line) => line.includes('dependency'))]).toEqual([0, []]);
});

test('a dependency that is away refuses, after three tries', async () => {
  let asked = 0;
  const reach = async () => {
    asked += 1;
    return 'ECONNREFUSED';
  };
  const dependencies = [{ name: 'database', tcp: '127.9.9.9:5432' }];
  const { exitCode, summary } = await validated({ preflight: { dependencies } }, { reach });
  expect([exitCode, asked]).toEqual([1, 3]);
  expect(summary).toContain('does not answer at 127.9.9.9:5432: ECONNREFUSED');
});

test('a dependency that leads where no stage may ask is a fault of the config, and never asked', async () => {
  const reach = async () => {
    throw new Error('asked');
  };
  const destinations = async () => ({ namespaces: ['default'], hosts: [], networks: [] });
  const dependencies = [
    { name: 'metadata', http: 'http://169.254.169.254/' },
    { name: 'theirs', tcp: 'db.other:5432' },
  ];
  const { exitCode, message } = await validated(
    { preflight: { dependencies } },
    { reach, destinations },
  );
  expect(exitCode).toBe(2);
  expect(message).toContain('/preflight/dependencies/0/http names the address 169.254.169.254');
  expect(message).toContain('/preflight/dependencies/1/tcp leads to db.other');
});

describe('certificates', () => {
  const DAY = 86_400_000;
  const NOW = Date.parse('2026-07-01T00:00:00Z');
  /** Of whom it is asked, and how long what he shows is good. */
  const showing =
    (daysOf: (host: string, port: number) => number | undefined): StageContext['certificate'] =>
    async ({ host, port }) => {
      const days = daysOf(host, port);
      if (days === undefined) return { kind: 'none', why: 'ECONNREFUSED' };
      const end = instant(NOW + days * DAY);
      return { kind: 'shown', name: 'shop', notBefore: instant(NOW - 90 * DAY), notAfter: end };
    };
  const clock = { now: () => instant(NOW), sleep: async () => undefined };
  const expiring = (found: readonly string[]) =>
    found.filter((check) => check === 'certificate-expires').length;
  const withHosts = (more: object = {}) => ({
    preflight: { certificates: { hosts: ['127.9.9.9:443', '127.9.9.8:8443'] }, ...more },
  });

  test('that end soon are warned of, and the release goes on', async () => {
    const certificate = showing((host) => (host === '127.9.9.9' ? 13 : 15));
    const { exitCode, found } = await validated(withHosts(), { certificate, clock });
    expect([exitCode, expiring(found)]).toEqual([0, 1]);
  });

  test('that have ended refuse, until somebody sets that aside with a reason', async () => {
    const certificate = showing(() => -1);
    const own = { certificate, clock };
    expect(await validated(withHosts(), own)).toMatchObject({
      exitCode: 1,
      summary: expect.stringContaining('has expired at 2026-06-30T00:00:00Z'),
    });
    const ignore = [{ check: 'certificate-expires', reason: 'an old proxy' }];
    expect(await validated(withHosts({ ignore }), own)).toMatchObject({ exitCode: 0 });
  });

  test('of pods and Service that are asked by HTTPS are looked at without being named', async () => {
    const smoke = [{ name: 'ready', path: '/', scheme: 'HTTPS' as const }];
    const asked: string[] = [];
    const certificate = showing((host, port) => {
      asked.push(`${host}:${port}`);
      return -1;
    });
    const { exitCode } = await validated({ smoke }, { certificate, clock });
    expect(exitCode).toBe(1);
    expect(asked.length).toBeGreaterThanOrEqual(2);
    expect(new Set(asked).size).toBe(asked.length);
  });

  test('of a host that cannot be reached are a warning, and of one where no stage may ask a fault', async () => {
    const certificate = showing(() => undefined);
    const away = await validated(withHosts(), { certificate, clock });
    expect([away.exitCode, expiring(away.found)]).toEqual([0, 2]);
    const destinations = async () => ({ namespaces: ['default'], hosts: [], networks: [] });
    const { exitCode, message } = await validated(withHosts(), { certificate, destinations });
    expect(exitCode).toBe(2);
    expect(message).toContain('/preflight/certificates/hosts/1 names the address 127.9.9.8');
  });
});

test('a freeze refuses, and is set aside with a reason', async () => {
  const freezes = [{ schedule: '* * * * *', for: '1h', reason: 'the year is closed' }];
  const frozen = await validated({ preflight: { freezes } });
  expect(frozen).toMatchObject({
    exitCode: 1,
    summary: expect.stringContaining('the year is closed'),
  });
  const ignore = [{ check: 'frozen', reason: 'payments are down' }];
  expect(await validated({ preflight: { freezes, ignore } })).toMatchObject({ exitCode: 0 });
});

test('a schedule, a zone and a time that are none are told at once', async () => {
  const { exitCode, message } = await validated({
    preflight: {
      freezes: [
        { schedule: 'friday', timeZone: 'Mars/Base', reason: 'x' },
        { from: '2026-12-20', until: '2027-01-04T00:00:00+01:00', reason: 'x' },
        { from: '2026-12-20T00:00:00Z', reason: 'x' },
      ],
    },
  });
  expect(exitCode).toBe(2);
  for (const told of [
    'freezes/0/schedule is not a schedule',
    'freezes/0/timeZone is not the name of a time zone',
    'freezes/1/from is not a time in UTC',
    'freezes/1/until is not a time in UTC',
    'freezes/2 lacks until, which from needs',
  ]) {
    expect(message).toContain(told);
  }
});
