/** docs/judge-benchmark.svg: both sides of the bargain, one dot a judge. */

import { find } from '../trials/trial.ts';
import type { Outcome, Report } from './cells.ts';

const COLOURS = [
  ['sequential', '#0b6e4f'],
  ['Kayenta', '#c05621'],
  ['Argo', '#2b6cb0'],
  ['Flagger', '#805ad5'],
] as const;

const LEFT = 270;
const WIDTH = 620;
const ROW = 22;

interface Axis {
  readonly title: string;
  readonly ticks: readonly number[];
  readonly at: (value: number) => number;
  readonly label: (tick: number) => string;
}

export function plotOf({ outcomes, matchedRate, replicates }: Report): string {
  const good = outcomes.filter(({ scenario }) => scenario.truth === 'null');
  const bad = outcomes.filter(({ scenario }) => scenario.truth === 'bad');
  const rate = logAxis('good releases rolled back, as the judges come (%)', 0.05, 100);
  const served = logAxis(
    `bad requests served until rolled back, every judge tuned to ${100 * matchedRate}% false rollbacks`,
    10,
    10_000,
  );
  const upper = panel(50, good, rate, (outcome, judge) => {
    const { rolledBack, releases } = find(outcome.results, judge);
    return (100 * rolledBack) / releases;
  });
  const top = 50 + (good.length + 3) * ROW;
  const lower = panel(top, bad, served, (outcome, judge) => {
    return find(outcome.results, `${judge}, tuned`).badRequests;
  });
  const height = top + (bad.length + 3) * ROW;
  const legend = COLOURS.map(
    ([name, colour], index) =>
      `<circle cx="${LEFT + index * 110}" cy="20" r="5" fill="${colour}"/>` +
      `<text x="${LEFT + 10 + index * 110}" y="24">${name}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${LEFT + WIDTH + 30} ${height}" font-family="sans-serif" font-size="12">`,
    `<title>Judges side by side, ${replicates} releases of each kind</title>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    ...legend,
    ...upper,
    ...lower,
    '</svg>',
    '',
  ].join('\n');
}

function panel(
  top: number,
  outcomes: readonly Outcome[],
  axis: Axis,
  read: (outcome: Outcome, judge: string) => number,
): readonly string[] {
  const bottom = top + outcomes.length * ROW;
  const grid = axis.ticks.map((tick) => {
    const x = axis.at(tick).toFixed(1);
    return (
      `<line x1="${x}" x2="${x}" y1="${top}" y2="${bottom}" stroke="#dddddd"/>` +
      `<text x="${x}" y="${bottom + 15}" text-anchor="middle">${axis.label(tick)}</text>`
    );
  });
  const rows = outcomes.map((outcome, index) => {
    const y = top + (index + 0.5) * ROW;
    const name = outcome.scenario.name.replace('->', '→');
    const dots = COLOURS.toReversed().map(([judge, colour]) => {
      const value = read(outcome, judge);
      const x = axis.at(value).toFixed(1);
      return `<circle cx="${x}" cy="${y}" r="5" fill="${colour}" fill-opacity="0.85"><title>${judge}: ${value.toFixed(2)}</title></circle>`;
    });
    return `<text x="${LEFT - 10}" y="${y + 4}" text-anchor="end">${name}</text>${dots.join('')}`;
  });
  const title = `<text x="${LEFT}" y="${bottom + 32}" font-style="italic">${axis.title}</text>`;
  return [...grid, ...rows, title];
}

/** What lies outside is drawn at the edge. */
function logAxis(title: string, from: number, to: number): Axis {
  const ticks: number[] = [];
  for (let tick = 10 ** Math.ceil(Math.log10(from)); tick <= to; tick *= 10) ticks.push(tick);
  const span = Math.log10(to / from);
  const at = (value: number): number =>
    LEFT + (WIDTH * Math.log10(Math.min(to, Math.max(from, value)) / from)) / span;
  return { title, ticks, at, label: (tick) => String(Number(tick.toPrecision(1))) };
}
