// What a release config asks to be well before a release is asked by the stage, and refuses it where it is not.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
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
      /(postgres|rates):(?=\d)/g,
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
    expect.arrayContaining(['no-backup', 'dependency-away', 'error-budget', 'image-old']),
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
