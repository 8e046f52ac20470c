// The rules by Prometheus' own promtool: each alert fires when it should, and not a little earlier.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { fromDebian } from '../support/from-debian.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const RULES = join(ROOT, 'manifests/monitoring/rules.yaml');
const SERIES = join(import.meta.dirname, 'rules.promtool.yaml');
const rules = readFileSync(RULES, 'utf8');
const series = readFileSync(SERIES, 'utf8');

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly annotations?: { readonly runbook_url: string };
}
const all: readonly Rule[] = parse(rules).groups.flatMap(
  ({ rules: of }: { rules: readonly Rule[] }) => of,
);
const alerts = all.flatMap(({ alert }) => alert ?? []);

const prometheus = fromDebian('prometheus');
if (prometheus === undefined)
  process.stdout.write('no promtool: apt-get cannot install one here\n');
const promtool = join(dirname(prometheus ?? ''), 'promtool');
const some = prometheus === undefined ? describe.skip : describe;

some('promtool', () => {
  test('finds no fault in the rules', () => {
    expect(execFileSync(promtool, ['check', 'rules', RULES], { encoding: 'utf8' })).toContain(
      `SUCCESS: ${all.length} rules found`,
    );
  });

  test('sees each alert fire, and not a little earlier, and each name that is given recorded', () => {
    const { status, stdout, stderr } = spawnSync(promtool, ['test', 'rules', SERIES]);
    expect(`${status} ${stdout} ${stderr}`).toMatch(/^0 /);
  });

  // What is above would be worth nothing if it passed for other rules as well.
  test.each([
    ['ReleaseNeedsPerson', '< 86400', '< 90000'],
    ['ReleasesRolledBackOften', '_ratio > 0.3', '_ratio > 0.2'],
    ['ReleasesRolledBackOften', 'for: 1h', 'for: 40m'],
    ['ReleasesLoseRequests', '[1d]', '[3d]'],
    ['ReleaseMetricsStale', '> 172800', '> 170000'],
  ])('sees that %s fires too early with %s as %s', (_alert, from, to) => {
    const folder = mkdtempSync(join(tmpdir(), 'rules-'));
    expect(rules).toContain(from);
    writeFileSync(join(folder, 'rules.yaml'), rules.replace(from, to));
    const here = series.replace(/^rule_files: .*$/m, 'rule_files: [rules.yaml]');
    writeFileSync(join(folder, 'series.yaml'), here);
    expect(spawnSync(promtool, ['test', 'rules', join(folder, 'series.yaml')]).status).toBe(1);
  });
});

describe('an alert', () => {
  test.each(alerts)(
    '%s is held against series in which it fires, and in which it does not',
    (alert) => {
      const wanted: readonly unknown[][] = parse(series).tests.flatMap(
        ({ alert_rule_test: tests = [] }: { alert_rule_test?: { alertname: string }[] }) =>
          tests
            .filter(({ alertname }) => alertname === alert)
            .map((each) => (each as unknown as { exp_alerts: unknown[] }).exp_alerts),
      );
      expect(new Set(wanted.map((each) => each.length > 0))).toEqual(new Set([true, false]));
    },
  );

  test.each(alerts)('%s leads to a page of ours that has such a heading', (alert) => {
    const url = all.find((each) => each.alert === alert)?.annotations?.runbook_url ?? '';
    const [, page = '', anchor = ''] = /\/blob\/main\/(docs\/[\w-]+\.md)#(.+)$/.exec(url) ?? [];
    const headings = readFileSync(join(ROOT, page), 'utf8').toLowerCase().replaceAll(' ', '-');
    // Of ends.md, by the code.
    const isByCode = anchor.includes('$labels.reason');
    expect(headings).toContain(isByCode ? '<a-id="too-late">' : `-${anchor}\n`);
  });
});
