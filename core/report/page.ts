/**
 * The record of a release as one HTML page without anything to load: what was decided by which rule,
 * over which requests, and the curves that led there.
 */

import { type Decision, FRESH } from '../analysis/analysis-state.ts';
import type { TracePoint } from '../analysis/trace.ts';
import { formatDuration } from '../base/duration.ts';
import { shortImage } from '../base/image.ts';
import { formatShare } from '../base/share.ts';
import type { Side } from '../base/vocabulary.ts';
import type { Entry, ReleaseRecord } from '../journal/journal.ts';
import { timestampOf } from '../kubernetes/time.ts';
import { interferenceText } from '../state/interference.ts';
import { chart, escaped, type Line } from './chart.ts';

const CANDIDATE = 'var(--candidate)';
const STABLE = 'var(--stable)';
const BOUND = 'var(--bound)';

/** By day and by night, on a wide screen and on a narrow one, where the letters of a drawing shrink with it. */
const STYLE = `:root{color-scheme:light dark;--text:#1e293b;--faint:#475569;--page:#fff;--plot:#f8fafc;--grid:#e2e8f0;--candidate:#c2410c;--stable:#0f766e;--bound:#64748b}
@media(prefers-color-scheme:dark){:root{--text:#e2e8f0;--faint:#a3b1c4;--page:#0f172a;--plot:#1e293b;--grid:#334155;--candidate:#fb923c;--stable:#2dd4bf;--bound:#94a3b8}}
body{font:15px/1.5 system-ui,sans-serif;max-width:760px;margin:2rem auto;padding:0 1rem;color:var(--text);background:var(--page);overflow-wrap:anywhere}
h1{font-size:1.4rem}h2{font-size:1.15rem}table{border-collapse:collapse;width:100%}th{white-space:nowrap}td{width:100%}td,th{text-align:left;padding:.15rem .6rem .15rem 0;vertical-align:top}
summary{cursor:pointer;color:var(--faint)}figure{margin:1.2rem 0}figcaption span{margin-left:.8rem;color:var(--faint);white-space:nowrap}figcaption i{display:inline-block;width:.9em;height:.2em;margin-right:.3em;vertical-align:middle}
svg{width:100%;display:block;overflow:visible;background:var(--plot)}svg text{font-size:11px;fill:var(--faint)}path{fill:none;stroke-width:1.6;stroke-linecap:round}.grid{stroke:var(--grid)}code{font-size:.9em}
@media(max-width:540px){svg text{font-size:19px}path{stroke-width:3}}`;

/** `record`: what is known of the same release once it was concluded. */
export function recordPage({ plan, state, actions }: Entry, record?: Concluded): string {
  const { trace } = state.tally ?? FRESH;
  const title = `${plan.namespace}/${plan.service}: ${state.outcome ?? `in phase ${state.phase}`}`;
  const { decision, warnings = [], interferences = [] } = state.evidence;
  const reason: [string, string][] = state.cause === undefined ? [] : [['reason', state.cause]];
  const facts: [string, string][] = [
    ['release', plan.release],
    ['strategy', plan.strategy],
    ['image', `${shortImage(plan.previousImage)} → ${shortImage(plan.image.reference)}`],
    ['began', timestampOf(state.startedAt)],
    ['took', formatDuration(state.since - state.startedAt)],
    ...reason,
  ];
  const sections = [
    table(facts),
    record && stagesOf(record),
    decision &&
      `<h2>Decision</h2>${table(decisionRows(decision, state.startedAt))}${numbersOf(decision)}`,
    charts(trace.points, state.startedAt, decision?.numbers ?? {}),
    warnings.length > 0 && `<h2>Warnings</h2>${list(warnings.map(({ why }) => why))}`,
    interferences.length > 0 &&
      `<h2>Changed by others</h2>${table(interferences.map((each) => [since(each.at, state.startedAt), interferenceText(each)]))}`,
    `<h2>Triggers</h2>${list(plan.settings.triggers.map(({ severity, id }) => `${severity}: ${id}`))}`,
    `<h2>Actions</h2>${table(actions.map(({ at, text }) => [since(at, state.startedAt), text]))}`,
  ];
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escaped(title)}</title><style>${STYLE}</style><h1>${escaped(title)}</h1>${sections.filter(Boolean).join('\n')}</html>\n`;
}

type Concluded = Pick<ReleaseRecord, 'stages' | 'found'>;

/** How each ended, and what those that check have found: the verdict, counts, and what speaks against it. */
function stagesOf({ stages = {}, found = {} }: Concluded): string {
  const names = [...new Set([...Object.keys(stages), ...Object.keys(found)])];
  if (names.length === 0) return '';
  const told = (name: string) =>
    [stages, found].flatMap((each) => (Object.hasOwn(each, name) ? [each[name]] : [])).join(': ');
  return `<h2>Stages</h2>${table(names.map((name) => [name, told(name)]))}`;
}

function decisionRows(
  { verdict, rule, why, at, candidate, stable }: Decision,
  startedAt: number,
): [string, string][] {
  const counted = ({ requests, errors }: { requests: number; errors: number }): string =>
    `${errors} errors in ${requests} requests`;
  return [
    ['verdict', verdict],
    ['rule', rule],
    ['why', why],
    ['at', since(at, startedAt)],
    ['candidate', counted(candidate)],
    ['stable', counted(stable)],
  ];
}

/** Less than this is rounding. */
const NOTHING = 1e-9;

/** The rule's own numbers, from which it can be computed again. */
function numbersOf({ numbers }: Decision): string {
  const rows = Object.entries(numbers).map(([name, value]) => {
    const shown = Math.abs(value) < NOTHING ? 0 : Number(value.toPrecision(4));
    return [name, `${shown}`] as const;
  });
  if (rows.length === 0) return '';
  return `<details><summary>in numbers (evidence in powers of ten)</summary>${table(rows)}</details>`;
}

type Read = (point: TracePoint) => number | undefined;

const errorRate =
  (side: Side): Read =>
  (point) => {
    const [requests = 0, errors = 0] = point[side] ?? [];
    return requests > 0 ? errors / requests : undefined;
  };

const perSecond =
  (side: Side): Read =>
  (point) => {
    const [requests] = point[side] ?? [];
    const isTold = requests !== undefined && point.forMs !== 0;
    return isTold ? requests / (point.forMs / 1000) : undefined;
  };

const decimal = (value: number): string => `${Number(value.toFixed(1))}`;

function charts(
  points: readonly TracePoint[],
  startedAt: number,
  numbers: Readonly<Record<string, number>>,
): string {
  const line = (name: string, colour: string, read: Read): Line => ({
    name,
    colour,
    points: points.map((point) => [(point.at - startedAt) / 1000, read(point)] as const),
  });
  const bySide = (read: (side: Side) => Read): Line[] => [
    line('candidate', CANDIDATE, read('candidate')),
    line('stable', STABLE, read('stable')),
  ];
  const bound = (name: string): Line[] => {
    const value = numbers[name];
    if (value === undefined) return [];
    return [{ ...line('needed', BOUND, () => value), style: 'dashed' }];
  };
  const against = line('evidence', CANDIDATE, (point) => point.numbers?.evidence);
  const inFavour = line('reassurance', STABLE, (point) => point.numbers?.reassurance);
  return [
    chart('Errors', bySide(errorRate), formatShare),
    chart('Requests a second', bySide(perSecond), decimal),
    chart(
      'Weight of the candidate',
      [line('candidate', CANDIDATE, ({ weight }) => weight)],
      formatShare,
    ),
    chart(
      'Evidence against the candidate, powers of ten',
      [against, ...bound('evidenceNeeded')],
      decimal,
    ),
    chart(
      'Evidence that it is fine, powers of ten',
      [inFavour, ...bound('reassuranceNeeded')],
      decimal,
    ),
    ...valueCharts(points, startedAt, decimal),
  ].join('\n');
}

/** Whatever else was measured, each on its own. */
function valueCharts(
  points: readonly TracePoint[],
  startedAt: number,
  format: (value: number) => string,
): string[] {
  const names = new Set(points.flatMap(({ values = {} }) => Object.keys(values)));
  const metrics = new Set([...names].map((name) => name.slice(0, name.lastIndexOf('/'))));
  return [...metrics].sort().map((metric) => {
    const line = (side: 'candidate' | 'stable', colour: string): Line => ({
      name: side,
      colour,
      points: points.map(
        (p) => [(p.at - startedAt) / 1000, p.values?.[`${metric}/${side}`]] as const,
      ),
    });
    return chart(metric, [line('candidate', CANDIDATE), line('stable', STABLE)], (v) =>
      metric.endsWith('_usage') ? formatShare(v) : format(v),
    );
  });
}

function since(at: number, startedAt: number): string {
  return `after ${formatDuration(at - startedAt)}`;
}

function table(rows: readonly (readonly [string, string])[]): string {
  const cells = rows.map(
    ([name, text]) => `<tr><th>${escaped(name)}</th><td>${escaped(text)}</td></tr>`,
  );
  return `<table>${cells.join('')}</table>`;
}

function list(items: readonly string[]): string {
  return `<ul>${items.map((item) => `<li><code>${escaped(item)}</code></li>`).join('')}</ul>`;
}
