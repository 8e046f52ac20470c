// `make demo` as a newcomer starts it, in each of its scenarios and in a worse world.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { DemoReport } from '../../demo/report.ts';
import { ROOT } from './support/world.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'demo-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Demo {
  readonly exitCode: number;
  readonly stdout: string;
  readonly report: DemoReport;
}

function demo(...options: string[]): Promise<Demo> {
  const path = join(folder, 'report.json');
  rmSync(path, { force: true });
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(ROOT, 'dist/demo/demo.mjs'), `--report=${path}`, ...options],
      { cwd: ROOT },
      (error, stdout) => {
        const report = JSON.parse(readFileSync(path, 'utf8'));
        resolve({ exitCode: error ? Number(error.code ?? -1) : 0, stdout, report });
      },
    );
  });
}

const STAGES = ['pre-validation', 'deploy', 'post-validation', 'conclude'];
const MIGRATING = ['pre-validation', 'database-migration', ...STAGES.slice(1)];
const UNTOUCHED = { columns: ['id', 'note', 'status'], failedStatements: [], leftOver: 0 };

describe('the demonstration', () => {
  test.each([
    ['as it is', []],
    ['by rolling', ['--strategy=rolling']],
    ['with slow proxies and a bad API', ['--propagation-delay=3s', '--api-faults=5%']],
  ])('promotes a good release and loses no request, %s', async (_how, options) => {
    const { exitCode, stdout, report } = await demo(...options);
    expect(report).toMatchObject({ outcome: 'promoted', reason: '', failed: 0, failedBy: {} });
    expect(report.requests).toBeGreaterThanOrEqual(2_000);
    expect(Object.keys(report.servedBy).sort()).toEqual(['v1.1.0', 'v1.2.0']);
    expect(report.stages.map(({ name, result }) => `${name} ${result}`)).toEqual(
      STAGES.map((stage) => `${stage} Succeeded`),
    );
    expect(stdout).toMatch(/\noutcome=promoted requests=\d+ failed=0 failed-by=none .*\n$/);
    expect(exitCode).toBe(0);
  });

  test('rolls a bad release back: only what it answered itself has failed', async () => {
    const { exitCode, report } = await demo('--scenario=bad-release');
    expect(report.outcome).toBe('rolled-back');
    // By the judge, or by the limit beside it: whichever had enough first.
    expect(report.reason).toMatch(
      /^(\d+\.?\d*% \(\d+ of \d+\) against .*evidence \d+ of \d+|error_rate \S+% above 10%.*)/,
    );
    expect(Object.keys(report.failedBy)).toEqual(['status-500']);
    expect(report.failed).toBe(report.failedByVersion['v1.2.0']);
    expect(exitCode).toBe(0);
  });

  test('rolls a release back that is never ready: no client has noticed', async () => {
    const { exitCode, report } = await demo('--scenario=never-ready');
    expect(report).toMatchObject({ outcome: 'rolled-back', failed: 0 });
    expect(report.reason).toMatch(/^only 0 of 3 candidate pods ready after 20s/);
    expect(Object.keys(report.servedBy)).toEqual(['v1.1.0']);
    expect(exitCode).toBe(0);
  });

  test('moves the database and the traffic together, and removes in the next run what the old version needed', async () => {
    const { exitCode, stdout, report } = await demo('--scenario=migration');
    expect(stdout).toMatch(/rows looked at, 1\d\d,\d{3} filled/);
    expect(report).toMatchObject({
      outcome: 'promoted',
      failed: 0,
      database: {
        columns: ['fulfillment_status', 'id', 'status'],
        unfilled: 0,
        failedStatements: [],
        leftOver: 0,
      },
    });
    expect(report.stages.map(({ name, result }) => `${name} ${result}`)).toEqual(
      [...MIGRATING, 'contract-payment-service'].map((stage) => `${stage} Succeeded`),
    );
    expect(stdout).toMatch(/ orders=\d+ failed-statements=0 longest-lock-wait=\S+ms duration/);
    expect(exitCode).toBe(0);
  });

  test('refuses a migration that would stop every writer: nothing was touched, no one has noticed', async () => {
    const { exitCode, stdout, report } = await demo('--scenario=bad-migration');
    expect(report).toMatchObject({ outcome: 'unchanged', failed: 0, database: UNTOUCHED });
    expect(stdout).toContain('CREATE INDEX CONCURRENTLY idx_orders_fulfillment_status');
    expect(report.stages.map(({ name }) => name)).toEqual(['pre-validation', 'conclude']);
    expect(exitCode).toBe(0);
  });

  test('waits politely for who holds the table, names him, gives up in time, and leaves nothing', async () => {
    const { exitCode, stdout, report } = await demo('--scenario=locked-migration');
    expect(report).toMatchObject({ outcome: 'unchanged', failed: 0, database: UNTOUCHED });
    expect(stdout).toMatch(/kept waiting by pid \d+ \(nightly-report, idle in transaction/);
    expect(exitCode).toBe(0);
  });

  test('releases a signed image, once security-scan has found its signature', async () => {
    const { exitCode, stdout, report } = await demo('--scenario=signed');
    expect(report).toMatchObject({ outcome: 'promoted', failed: 0 });
    expect(stdout).toMatch(/\[security-scan\] .*outcome=passed/);
    expect(exitCode).toBe(0);
  });

  test.each([
    ['unsigned', 'security-scan', /not signed/],
    ['vulnerable', 'security-scan', /CVE-2024-3094/],
    ['incompatible', 'pre-validation', /needs ledger >=2\.3 <4 .*there is no service ledger/],
  ])(
    'ends a release that is %s before anything is touched, and %s says why in one line',
    async (scenario, stage, why) => {
      const { exitCode, stdout, report } = await demo(`--scenario=${scenario}`);
      expect(report).toMatchObject({ outcome: 'unchanged', failed: 0 });
      expect(Object.keys(report.servedBy)).toEqual(['v1.1.0']);
      expect(report.stages.map(({ name }) => name)).not.toContain('deploy');
      expect(report.reason).toMatch(why);
      expect(stdout).toContain(`[${stage}]`);
      expect(exitCode).toBe(0);
    },
  );
});
