// The commands as docs/audit.md has them: what they add, what they find out, and what they never tell.
import { execFile } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { EMPTY_JOURNAL } from '../../core/journal/journal.ts';
import { configMapOf, recordFor } from '../core/support/releases.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'audit-'));
const log = join(folder, 'audit.jsonl');
const journals = join(folder, 'journals.json');

const listOf = (...releases: string[]): string => {
  const history = releases.map((each) => recordFor(each)).reverse();
  const other = { metadata: { name: 'settings' }, data: { 'journal.json': 'none of ours' } };
  return JSON.stringify({
    kind: 'List',
    items: [other, configMapOf({ ...EMPTY_JOURNAL, history })],
  });
};

const audit = (...args: string[]) =>
  new Promise<{ code: unknown; said: string }>((done) => {
    execFile('node', ['scripts/tool.mjs', 'audit', ...args], { cwd: ROOT }, (error, out, wrong) =>
      done({ code: error?.code ?? 0, said: `${out}${wrong}`.trim() }),
    );
  });

test('adds what is new, once, and puts all of it where the file says, which is told nowhere', async () => {
  const put: string[] = [];
  const server = createServer((request, response) => {
    request.on('data', (part) => put.push(`${request.method} ${part}`));
    request.on('end', () => response.writeHead(put.length > 1 ? 403 : 200).end());
  });
  await new Promise<void>((listens) => server.listen(0, '127.0.0.1', listens));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/s3cr3t`; // it listens on a port
  writeFileSync(join(folder, 'url'), url);
  writeFileSync(journals, listOf('run-1', 'run-2'));
  expect(await audit(journals, '--log', log)).toEqual({
    code: 0,
    said: expect.stringMatching(/^audit="2 added" lines=2 head=[0-9a-f]{64}$/),
  });
  writeFileSync(journals, listOf('run-1', 'run-2', 'run-3'));
  const more = await audit(journals, '--log', log, '--put', join(folder, 'url'));
  expect(more.said).toMatch(/^audit="1 added" lines=3 /);
  expect(put).toEqual([`PUT ${readFileSync(log, 'utf8')}`]);
  const refused = await audit(journals, '--log', log, '--put', join(folder, 'url'));
  server.close();
  expect(refused).toMatchObject({ code: 3, said: expect.stringContaining('answered 403') });
  expect(refused.said).not.toMatch(/s3cr3t/);
  const head = / head=(\w+)/.exec(more.said)?.[1] ?? '';
  expect(await audit('--verify', '--log', log, '--head', head)).toMatchObject({ code: 0 });
});

test('finds what was changed, with 1, and adds nothing to such a log', async () => {
  const changed = join(folder, 'changed.jsonl');
  writeFileSync(changed, readFileSync(log, 'utf8').replace('run-2', 'run-9'));
  const before = readFileSync(changed, 'utf8');
  const found = { code: 1, said: expect.stringContaining('line 2 was changed') };
  expect(await audit('--verify', '--log', changed)).toEqual(found);
  expect(await audit(journals, '--log', changed)).toEqual(found);
  expect(readFileSync(changed, 'utf8')).toBe(before);
});

test('says what is wrong with its input, with 2, and writes nothing', async () => {
  const broken = join(folder, 'broken.json');
  writeFileSync(
    broken,
    '{"items":[{"metadata":{"name":"pay-release-journal"},"data":{"journal.json":"{"}}]}',
  );
  const none = join(folder, 'none.jsonl');
  appendFileSync(join(folder, 'empty.json'), '{"items":[]}');
  expect(await audit(broken, '--log', none)).toEqual({
    code: 2,
    said: expect.stringContaining('pay-release-journal: journal.json is not valid JSON'),
  });
  expect(await audit(join(folder, 'empty.json'), '--log', none)).toMatchObject({ code: 2 });
  expect(await audit('--verify', '--log', none)).toMatchObject({ code: 2 });
});
