// What others wrote is shown to people and programs, and acts on neither.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { type Finding, found } from '../../../core/security/finding.ts';
import { decide } from '../../../core/security/judging/decision.ts';
import { Tally } from '../../../core/security/judging/tally.ts';
import { jsonReport } from '../../../core/security/outputs/json.ts';
import { markdownReport } from '../../../core/security/outputs/markdown.ts';
import { sarifReport } from '../../../core/security/outputs/sarif.ts';
import type { ScanReport } from '../../../core/security/outputs/scan-report.ts';
import type { SecurityConfig } from '../../../core/security/policy/schema.ts';
import { excepting, exception, policy, vulnerability } from '../support/security.ts';

const HOSTILE =
  '\u001b[2J"| [click](javascript:x) ![](http://evil/x) <img src=x> @all `x`\n# heading';

function report(findings: readonly Finding[], written: SecurityConfig = { gates: {} }): ScanReport {
  const rules = policy(written);
  const tally = new Tally(rules, excepting([exception({ id: 'CVE-2026-7' })]), new Set());
  for (const finding of findings) tally.add(finding);
  const tallied = tally.end();
  return {
    ...tallied,
    ...decide(tallied, rules),
    service: 'payment',
    namespace: 'shop',
    release: 'r-1',
    image: 'registry.example/payment:v1',
    digest: `sha256:${'a'.repeat(64)}`,
    at: '2026-11-30T12:00:00Z',
    enforce: rules.enforce,
  };
}

const MANY = [
  vulnerability(),
  vulnerability({ names: ['CVE-2026-7'], message: HOSTILE }),
  vulnerability({ names: ['CVE-2026-3'], severity: 'critical', fixedIn: [] }),
  vulnerability({ names: [HOSTILE], severity: 'low', place: { path: HOSTILE } }),
  found('SIG001', 'no signature', {}),
];

describe('SARIF', () => {
  // Of schemastore.org, in draft 4 of JSON Schema: without its name it is one of draft 7 as well.
  const recording = new URL('./recordings/sarif-2.1.0-rtm.5.json', import.meta.url);
  const { $schema, id, ...schema } = JSON.parse(readFileSync(recording, 'utf8'));

  test('is what its schema wants, with suppressions for what is excepted', () => {
    const ajv = new Ajv({
      strict: false,
      unicodeRegExp: false,
      formats: { uri: URL.canParse, 'uri-reference': /^[\x21-\x7e]*$/, 'date-time': true },
    });
    const validate = ajv.compile(schema);
    expect([$schema, id]).toEqual([expect.stringContaining('draft-04'), expect.any(String)]);
    expect(validate({ version: '2.1.0' })).toBe(false);
    for (const each of [report(MANY), report([])]) {
      validate(JSON.parse(sarifReport(each)));
      expect(validate.errors).toBeNull();
    }
    const { runs } = JSON.parse(sarifReport(report(MANY)));
    const suppressed = runs[0].results.filter((each: object) => 'suppressions' in each);
    expect(suppressed).toHaveLength(1);
    expect(suppressed[0].suppressions[0].justification).toContain('payments');
    expect(runs[0].invocations[0]).toMatchObject({ exitCode: 1 });
  });
});

test.each([
  ['/usr/lib/a b.so', 'usr/lib/a%20b.so'],
  ['//etc//x', 'etc//x'],
  ['C:/x', 'C%3A/x'],
])('SARIF names the file %s as a relative reference', (path, uri) => {
  const { runs } = JSON.parse(sarifReport(report([vulnerability({ place: { path } })])));
  expect(runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri).toBe(uri);
});

test.each([
  ['JSON', jsonReport],
  ['Markdown', markdownReport],
  ['SARIF', sarifReport],
])('%s has nothing that a terminal or a page would act on', (_what, render) => {
  const text = render(report(MANY));
  expect(text).not.toContain('\u001b');
  expect(text).not.toContain('\\u001b');
  if (render === markdownReport) {
    expect(text).not.toMatch(/[^\\]\]\(|<img|@all|http:\/\/|^# /m);
    const cells = text.split('\n').filter((line) => line.startsWith('| '));
    expect(new Set(cells.map((line) => line.replaceAll('\\|', '').split('|').length)).size).toBe(1);
  }
});

describe('the decision', () => {
  test('comes first to whom the image is from, and says in a line what helps', () => {
    expect(report(MANY)).toMatchObject({
      verdict: 'refused',
      exitCode: 1,
      reason:
        'SIG001: The image, or an attestation that is required, is not signed (no signature); and 2 other findings',
    });
    expect(report([vulnerability()]).reason).toBe(
      'CVE-2026-1 (high) in openssl 3.0.1: something bad, mended in 3.0.2',
    );
  });

  test('lists what can be mended before what cannot, however bad', () => {
    const { judged } = report(MANY.slice(0, 4));
    expect(judged.slice(0, 2).map(({ finding }) => finding.names[0])).toEqual([
      'CVE-2026-1',
      'CVE-2026-3',
    ]);
  });

  test.each<[string, Finding[], SecurityConfig, object]>([
    ['nothing passes', [], {}, { verdict: 'passed', exitCode: 0 }],
    [
      'what cannot be said blocks',
      [found('REG001', 'm')],
      {},
      { verdict: 'undecided', exitCode: 3 },
    ],
    [
      'a no is a no beside what cannot be said',
      [found('REG001', 'm'), found('SIG001', 'm')],
      {},
      { verdict: 'refused', exitCode: 1 },
    ],
    [
      'a policy that warns says what would be',
      [found('SIG001', 'm')],
      { enforce: 'warn' },
      { verdict: 'warned', exitCode: 0, reason: expect.stringContaining('SIG001') },
    ],
  ])('%s', (_what, findings, written, expected) => {
    expect(report(findings, written)).toMatchObject(expected);
  });

  test('of a million findings is kept what a person may look at, and all are counted', () => {
    const tally = new Tally(policy({ gates: {} }), excepting(), undefined);
    for (let at = 0; at < 100_000; at += 1) {
      tally.add(vulnerability({ names: [`CVE-${at}`], fixedIn: at % 2 ? [] : ['1'] }));
    }
    const { judged, fates, vulnerabilities, fixable } = tally.end();
    expect({ fates, vulnerabilities, fixable }).toMatchObject({
      fates: { blocks: 100_000 },
      vulnerabilities: { high: 100_000 },
      fixable: 50_000,
    });
    expect(judged).toHaveLength(400);
  });

  test('counts what two platforms have in common once', () => {
    expect(report([vulnerability(), vulnerability()]).vulnerabilities.high).toBe(1);
  });
});
