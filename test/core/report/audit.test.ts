// An audit log is worth what its reader can find out: that a byte was changed, a line dropped, two exchanged.
import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { instant } from '../../../core/base/vocabulary.ts';
import { EMPTY_JOURNAL } from '../../../core/journal/journal.ts';
import { auditLines, NO_HASH, readAudit } from '../../../core/report/audit/chain.ts';
import { auditEntries, isKnown } from '../../../core/report/audit/entry.ts';
import { AT, recordFor } from '../support/releases.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const START = { lines: 0, hash: NO_HASH };
const ORDER = { id: 'o', order: 'promote', by: 'ada', as: { user: 'ada@shop' } } as const;
const JOURNAL = {
  ...EMPTY_JOURNAL,
  history: ['run-3', 'run-2', 'run-1'].map((release, at) =>
    recordFor(release, {
      to: `r.io/pay:v1.${3 - at}.0@sha256:${'ab'.repeat(32)}`,
      startedAt: instant(AT - (at + 1) * 10_000),
      endedAt: instant(AT - (at + 1) * 10_000 + 9_000),
    }),
  ),
  answers: [{ ...ORDER, at: instant(AT - 15_000), taken: 'heeded', text: 'promoted' } as const],
};
const entries = auditEntries({ namespace: 'shop', service: 'pay' }, JOURNAL);
const { text: LOG, head: HEAD } = auditLines(entries, START, sha256);
const faultsOf = (log: string, kept?: string) => readAudit(log, sha256, kept).faults;
const linesOf = () => LOG.split('\n').slice(0, -1);
const joined = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');

describe('an audit log', () => {
  test('says of each release who, what, when, from what, to what, and who approved it', () => {
    expect(entries.map(({ release }) => release)).toEqual(['run-1', 'run-2', 'run-3']);
    expect(entries[1]).toMatchObject({
      namespace: 'shop',
      service: 'pay',
      outcome: 'promoted',
      code: 'promoted',
      began: '2025-12-31T23:59:40Z',
      ended: '2025-12-31T23:59:49Z',
      to: { digest: `sha256:${'ab'.repeat(32)}` },
      orders: [{ order: 'promote', outcome: 'accepted', by: 'ada', as: { user: 'ada@shop' } }],
    });
    expect([entries[0]?.orders, entries[2]?.orders]).toEqual([[], []]);
  });

  test('that is as it was written has no faults, and can be written on', () => {
    expect(readAudit(LOG, sha256, HEAD.hash)).toMatchObject({ faults: [], head: HEAD });
    const more = auditLines(entries, HEAD, sha256);
    expect(faultsOf(LOG + more.text, more.head.hash)).toEqual([]);
    expect(faultsOf(LOG + more.text, HEAD.hash)).toEqual([]);
  });

  test('shows every byte that was changed, whatever it is and wherever', () => {
    for (let at = 0; at < LOG.length; at += 1) {
      const other = LOG[at] === 'x' ? 'y' : 'x';
      const changed = `${LOG.slice(0, at)}${other}${LOG.slice(at + 1)}`;
      if (faultsOf(changed).length === 0) throw new Error(`byte ${at} may be changed`);
    }
  });

  test.each(['1'.repeat(3), ' ', '\t'])('shows what was put in: %j', (more) => {
    expect(faultsOf(LOG.replace('"entry"', `"entry"${more}`))).not.toEqual([]);
  });

  test('names the line that was changed, and no other', () => {
    expect(faultsOf(LOG.replace('run-2', 'run-9'))).toEqual(['line 2 was changed']);
  });

  test.each([
    [0, ['line 1 is number 2: 1 to 1 are missing before it']],
    [1, ['line 2 is number 3: 2 to 2 are missing before it']],
  ])('shows that line %i was dropped', (at, faults) => {
    expect(faultsOf(joined(linesOf().toSpliced(at, 1)))).toEqual(faults);
  });

  test('shows that the last was dropped to whoever has kept its hash', () => {
    const cut = joined(linesOf().slice(0, -1));
    expect(faultsOf(cut)).toEqual([]);
    expect(faultsOf(cut, HEAD.hash)).toEqual([
      expect.stringContaining('lines at the end are missing'),
    ]);
  });

  test('shows that two lines were exchanged, and one repeated', () => {
    const [one = '', two = '', three = ''] = linesOf();
    expect(faultsOf(joined([one, three, two]))).toHaveLength(2);
    expect(faultsOf(joined([one, one, two, three]))).toEqual([
      'line 2 is number 1, and stands after 1: it was moved, or repeated',
    ]);
  });

  test('shows to whoever has kept its hash that all of it was written anew', () => {
    const forged = entries.map((entry) => ({ ...entry, outcome: 'promoted', cause: 'x' }));
    const { text } = auditLines(forged, START, sha256);
    expect(faultsOf(text)).toEqual([]);
    expect(faultsOf(text, HEAD.hash)).toHaveLength(1);
  });

  test.each(['{', 'null', '[]', '{"number":1}', '{"number":1,"previous":"","hash":"","entry":{}}'])(
    'that is none has a fault, and no exception: %s',
    (line) => expect(faultsOf(`${line}\n`)).toEqual(['line 1 was changed']),
  );

  test('that was cut off in the middle of a line says so', () => {
    expect(faultsOf(LOG.slice(0, -10))).toEqual(['the last line has no end: it was cut off']);
  });
});

test('a release is added once, and once more where its record has got more; not where orders were forgotten', () => {
  const [first] = entries;
  if (!first) throw new Error('there is one');
  expect(isKnown(entries, first)).toBe(true);
  expect(isKnown(entries, { ...first, orders: [{}] })).toBe(true);
  expect(isKnown(entries, { ...first, stages: { deploy: 'Succeeded' } })).toBe(false);
  expect(isKnown(entries, { ...first, namespace: 'other' })).toBe(false);
});
