// The command as docs/delivery-metrics.md has it, through the real program, and what a real Pushgateway and a real
// Prometheus make of what it writes.
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Instant, instant } from '../../core/base/vocabulary.ts';
import { auditLines, NO_HASH } from '../../core/report/audit/chain.ts';
import type { AuditEntry } from '../../core/report/audit/entry.ts';
import { freePort } from '../../demo/free-port.ts';
import { auditEntry } from '../core/support/audit-entry.ts';
import { fromDebian } from '../support/from-debian.ts';
import { type RunningPrometheus, runPrometheus } from '../support/prometheus.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'metrics-'));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const logOf = (entries: readonly AuditEntry[]): string =>
  auditLines(entries, { lines: 0, hash: NO_HASH }, sha256).text;

const HOUR_MS = 3_600_000;
const NOW = Date.now();
const ago = (hours: number): Instant => instant(NOW - hours * HOUR_MS);
const entries = [
  auditEntry('run-1', ago(40 * 24)),
  auditEntry('run-2', ago(9)),
  auditEntry('run-3', ago(6), {
    outcome: 'rolled-back',
    code: 'errors',
    failedRequests: 6,
    evidence: { decision: { verdict: 'bad', at: ago(6) - 12_000 } },
  }),
  auditEntry('run-4', ago(3)),
  auditEntry('run-9', ago(2), { service: 'book', outcome: 'failed', code: 'too-late' }),
];
const log = file('audit.jsonl', logOf(entries));

const metrics = (...args: string[]) =>
  new Promise<{ code: unknown; said: string }>((done) => {
    execFile('node', ['dist/tools/metrics.mjs', ...args], { cwd: ROOT }, (error, out, wrong) =>
      done({ code: error?.code ?? 0, said: `${out}${wrong}` }),
    );
  });

beforeAll(() => {
  execFileSync('npm', ['run', '--silent', 'metrics', '--', '--help'], { cwd: ROOT });
});

describe('the command', () => {
  test('prints what was released, and of the last days how', async () => {
    const { code, said } = await metrics(log, '--days', '10');
    expect(code).toBe(0);
    const pay = '{namespace="shop",service="pay"';
    expect(said.split('\n')).toEqual(
      expect.arrayContaining([
        `deployment_total${pay},strategy="canary",outcome="promoted"} 3`,
        `deployment_rollback_total${pay},reason="errors"} 1`,
        `deployment_failed_requests_total${pay}} 6`,
        `deployment_rollout_duration_seconds${pay},strategy="canary"} 60`,
        `deployment_frequency${pay}} 0.2`,
        expect.stringMatching(/^deployment_change_failure_ratio.*"pay"\} 0\.333/),
        expect.stringMatching(/^deployment_time_to_restore_seconds.*"pay"\} 1[12]\b/),
        `deployment_frequency{namespace="shop",service="book"} 0`,
      ]),
    );
    // It is not well yet: no figure is better than a good one.
    expect(said).not.toMatch(/time_to_restore_seconds.*book/);
  });

  test('leaves a collector of text files the whole file, and nothing beside it', async () => {
    const made = mkdtempSync(join(folder, 'collected-'));
    expect(await metrics(log, '--out', join(made, 'releases.prom'))).toEqual({ code: 0, said: '' });
    expect(readdirSync(made)).toEqual(['releases.prom']);
    expect(readFileSync(join(made, 'releases.prom'), 'utf8')).toMatch(/^# HELP (.|\n)*\n$/);
  });

  const foreign = { ...entries[0], strategy: 'x"} 1\nevil 1', namespace: 'a'.repeat(70) };
  test.each<[string, () => string[], RegExp]>([
    ['a log that is not there', () => [join(folder, 'none')], /cannot read .*none/],
    [
      'a log that was changed',
      () => [file('changed', logOf(entries).replace('run-2', 'run-8'))],
      /changed: line 2 was changed/,
    ],
    [
      'entries that are no releases, all of them at once',
      () => [file('foreign', logOf([foreign as AuditEntry, {} as AuditEntry]))],
      /entry 1: namespace is no name(.|\n)*entry 2: namespace is no name/,
    ],
    ['days that are none', () => [log, '--days', 'many'], /--days has to be more than 0/],
    ['days before there was anything', () => [log, '--days', '1e9'], /at most 3650/],
    ['an option that it does not have', () => [log, '--pusch', 'x'], /Unknown argument/],
    ['no log', () => [], /Not enough non-option arguments/],
    ['a file without a URL', () => [log, '--push', log], /has no URL of a Pushgateway/],
    ['no file with a URL', () => [log, '--push', join(folder, 'none')], /that --push names/],
  ])('refuses %s with 2, and writes nothing', async (_what, args, says) => {
    const out = join(folder, 'refused.prom');
    const { code, said } = await metrics(...args(), '--out', out);
    expect({ code, said }).toEqual({ code: 2, said: expect.stringMatching(says) });
    expect(said).not.toMatch(/^ +at /m);
    expect(readdirSync(folder)).not.toContain('refused.prom');
  });

  test('says who did not take what it pushed, with 3, and tells nobody the login', async () => {
    const logins: unknown[] = [];
    const server = createServer(({ headers }, response) => {
      logins.push(headers.authorization);
      response.writeHead(400).end('no "metrics"\nof mine');
    });
    await new Promise<void>((listens) => server.listen(0, '127.0.0.1', listens));
    const { port } = server.address() as AddressInfo; // it listens on a port
    const url = file('refusing', `http://ada:s3cr3t%40@127.0.0.1:${port}/\n`);
    const refused = await metrics(log, '--push', url);
    server.close();
    const away = await metrics(log, '--push', url);
    expect(refused).toMatchObject({
      code: 3,
      said: `error="127.0.0.1:${port} did not take the metrics: it answered 400: no 'metrics' of mine"\n`,
    });
    expect(away).toMatchObject({ code: 3, said: expect.stringContaining('could not push to') });
    expect(logins).toEqual([`Basic ${Buffer.from('ada:s3cr3t@').toString('base64')}`]);
    expect(refused.said + away.said).not.toMatch(/s3cr3t/);
  });
});

const pushgateway = fromDebian('prometheus-pushgateway');
const prometheus = fromDebian('prometheus');
const some = pushgateway === undefined || prometheus === undefined ? describe.skip : describe;
if (some === describe.skip)
  process.stdout.write('no Pushgateway: apt-get cannot install one here\n');

some('a real Pushgateway, and a Prometheus that scrapes it', () => {
  let gateway: ChildProcess;
  let seeing: RunningPrometheus;
  let address: string;

  beforeAll(async () => {
    const port = await freePort();
    address = `http://127.0.0.1:${port}`;
    gateway = spawn(pushgateway ?? '', [`--web.listen-address=127.0.0.1:${port}`], {
      stdio: 'ignore',
    });
    const targets = [`127.0.0.1:${port}`];
    seeing = await runPrometheus(prometheus ?? '', [
      { job_name: 'pushgateway', honor_labels: true, static_configs: [{ targets }] },
    ]);
  });
  afterAll(async () => {
    gateway.kill();
    await seeing.stop();
  });

  const ask = async (query: string): Promise<readonly { metric: object; value: unknown[] }[]> => {
    const answer = await fetch(`${seeing.address}/api/v1/query?query=${encodeURIComponent(query)}`);
    return (JSON.parse(await answer.text()) as { data: { result: [] } }).data.result; // as Prometheus documents it
  };
  const until = async (query: string, length: number) => {
    for (;;) {
      const found = await ask(query);
      if (found.length === length) return found;
      await sleep(50);
    }
  };

  test('have every metric of the page, by its own service, and forget a service that is gone', async () => {
    const url = file('url', `${address}/\n`);
    expect(await metrics(log, '--push', url)).toEqual({ code: 0, said: '' });
    await until('deployment_total', 3);
    const page = readFileSync(join(ROOT, 'docs/delivery-metrics.md'), 'utf8');
    const names = [...page.matchAll(/^\| `(deployment_\w+)` \|/gm)].map(([, name = '']) => name);
    expect(names).toHaveLength(8);
    for (const name of names) {
      const [one] = await ask(`${name}{namespace="shop",service="pay"}`);
      expect({ name, value: one?.value[1] }).toEqual({ name, value: expect.stringMatching(/^\d/) });
    }
    const [turnedBack] = await ask('deployment_rollback_total');
    expect(turnedBack?.metric).toMatchObject({ service: 'pay', reason: 'errors' });
    expect(turnedBack?.value[1]).toBe('1');

    const rest = file('rest.jsonl', logOf(entries.slice(0, 4)));
    expect(await metrics(rest, '--push', url)).toEqual({ code: 0, said: '' });
    expect(await until('deployment_total', 2)).not.toMatchObject([{ metric: { service: 'book' } }]);
  });
});
