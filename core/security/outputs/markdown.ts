/** A summary for a pull request or a wiki: what others wrote is shown, and never read as Markdown. */
import { countNoun } from '../words.ts';
import { type ScanReport, type Told, toldOf } from './scan-report.ts';

const MOST_ROWS = 50;

const HEADINGS: Readonly<Record<ScanReport['verdict'], string>> = {
  passed: 'passed',
  warned: 'would be refused; the policy only warns',
  refused: 'refused',
  undecided: 'could not decide, which refuses it',
};

export function markdownReport(report: ScanReport): string {
  const { verdict, reason, image, vulnerabilities, fixable, fresh, fates, judged } = report;
  const counts = Object.entries(vulnerabilities).map(([severity, count]) => `${count} ${severity}`);
  const isNew = fresh === undefined ? '' : `, ${fresh} new`;
  const shown = judged.filter(({ fate }) => fate.kind !== 'warned').slice(0, MOST_ROWS);
  const left = judged.length - shown.length;
  return [
    `## Security scan: ${HEADINGS[verdict]}`,
    '',
    `${harmless(report.service)} → ${harmless(image)}`,
    ...(reason === '' ? [] : ['', harmless(reason)]),
    '',
    `Vulnerabilities: ${counts.join(', ')}; ${fixable} can be mended${isNew}.`,
    `Findings: ${Object.entries(fates)
      .map(([fate, count]) => `${count} ${fate}`)
      .join(', ')}.`,
    ...(shown.length === 0 ? [] : ['', ...tableOf(shown.map(toldOf))]),
    ...(left > 0 ? ['', `${countNoun(left, 'further finding')} in the JSON report.`] : []),
    '',
  ].join('\n');
}

function tableOf(rows: readonly Told[]): string[] {
  const cells = rows.map(({ fate, severity, id, name, message, fix, why }) => [
    why === '' ? fate : `${fate}: ${why}`,
    severity,
    name === id ? id : `${id} ${name}`,
    message,
    fix,
  ]);
  return [
    '| | severity | finding | what | what helps |',
    '| --- | --- | --- | --- | --- |',
    ...cells.map((row) => `| ${row.map(harmless).join(' | ')} |`),
  ];
}

/** No link, no image, no HTML, no mention, no end of a cell. */
function harmless(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', '&#64;')
    .replaceAll(/[\\`*_{}[\]()#+!|~]/g, (mark) => `\\${mark}`)
    .replaceAll(/:\/\//g, ':&#47;&#47;');
}
