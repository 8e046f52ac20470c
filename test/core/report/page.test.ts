// A release on the toy cluster, recorded in its journal, then told as a page and judged again.
import { describe, expect, test } from '@jest/globals';
import { instant } from '../../../core/base/vocabulary.ts';
import { EMPTY_JOURNAL, type Journal, withTransition } from '../../../core/journal/journal.ts';
import { timeOf, timestampOf } from '../../../core/kubernetes/time.ts';
import { recordPage } from '../../../core/report/page.ts';
import { replay } from '../../../core/report/replay.ts';
import { durable } from '../../../core/state/state.ts';
import { APP, deployment, service } from '../support/objects.ts';
import { planFor, play, settingsFor } from '../support/play.ts';
import { toyCluster } from '../support/toy-cluster.ts';

const BLUE = { app: APP, version: 'blue' };

function recorded(errorRate: number): NonNullable<Journal['current']> {
  const behaviour = { errorRate: (image: string) => (image.endsWith('v2') ? errorRate : 0) };
  const cluster = toyCluster([deployment(`${APP}-blue`, 'v1', BLUE)], service(BLUE), behaviour);
  const config = { strategy: { blueGreen: { monitoring: '30s' } }, drain: { maxDuration: '20s' } };
  const plan = planFor(cluster, settingsFor('blue-green', config));
  const { state } = play(cluster, plan);
  const journal = withTransition(EMPTY_JOURNAL, plan, durable(state), [], instant(cluster.nowMs()));
  const read: Journal = JSON.parse(JSON.stringify(journal));
  if (!read.current) throw new Error('nothing was recorded');
  return read.current;
}

describe('the record as a page', () => {
  const page = recordPage(recorded(0.2));

  test('tells which rule decided, over which requests', () => {
    expect(page).toContain('default/payment-service: rolled-back');
    expect(page).toContain('judge sequential: errors against');
    expect(page).toContain('critical: error_rate gt 10%');
    expect(page).toMatch(/<th>candidate<\/th><td>\d+ errors in \d+ requests/);
    expect(page).toContain('aria-label="Errors"');
    expect(page).toContain('Evidence');
  });

  test('loads nothing, and is small', () => {
    expect(page).not.toMatch(/<script|<link|<img|https?:|@import|NaN|undefined/);
    expect(page.length).toBeLessThan(100_000);
  });

  test('tells how each stage ended, and what security-scan has found', () => {
    const told =
      'warned: app:v2; vulnerabilities 3 critical; findings 1 blocking; VUL001 in liblzma5';
    const stages = { 'pre-validation': 'Succeeded', 'security-scan': 'Succeeded' };
    const withStages = recordPage(recorded(0), { stages, found: { 'security-scan': told } });
    expect(withStages).toContain('<th>pre-validation</th><td>Succeeded</td>');
    expect(withStages).toContain(`<th>security-scan</th><td>Succeeded: ${told}</td>`);
    expect(page).not.toContain('<h2>Stages</h2>');
  });

  test.each([
    '<img src=x onerror=alert(1)>',
    '</td></table><script>1</script>',
    '"><a href="//x">',
  ])('a verdict, or a stage, called %s is text on the page', (evil) => {
    const told = recordPage(recorded(0), { stages: { [evil]: evil }, found: { [evil]: evil } });
    expect(told).not.toMatch(/<(script|img|a) ?/);
  });

  test('what others have written cannot become part of the page', () => {
    const entry = recorded(0);
    const cause = '<script>alert("1")</script>';
    expect(recordPage({ ...entry, state: { ...entry.state, cause } })).not.toContain('<script>');
  });
});

describe('a replay', () => {
  const policy = (config: Parameters<typeof settingsFor>[1]) => settingsFor('blue-green', config);

  test('under its own policy decides as it did, through the journal', () => {
    const entry = recorded(0.2);
    const { decision } = entry.state.evidence;
    expect(replay(entry, entry.plan.settings)).toMatchObject({
      kind: 'turned',
      last: { why: decision?.why, decision: { candidate: decision?.candidate } },
    });
  });

  test('under a stricter policy turns a release back that was promoted', () => {
    const entry = recorded(0.05);
    expect(entry.state.outcome).toBe('promoted');
    const strict = policy({ rollback: { triggers: [{ metric: 'error_rate', value: '2%' }] } });
    const replayed = replay(entry, strict);
    expect(replayed).toMatchObject({ kind: 'turned', last: { verdict: 'bad' } });
    expect(replayed?.last.decision.candidate.errors).toBeLessThan(30);
    expect(replay(entry, policy({}))).toMatchObject({ kind: 'lasted' });
  });

  test('of nothing is nothing', () => {
    const entry = recorded(0);
    expect(
      replay({ ...entry, state: { ...entry.state, tally: undefined } }, policy({})),
    ).toBeUndefined();
  });
});

describe('a time as a text', () => {
  test.each([
    '1970-01-01T00:00:00Z',
    '2024-02-29T23:59:59Z',
    '2026-12-31T12:00:00Z',
    '2100-03-01T00:00:01Z',
  ])('%s', (text) => {
    expect(timestampOf(timeOf(text) ?? instant(0))).toBe(text);
  });
});
