/** The benchmark's results, and how a judge's is told in a cell of a table. */
import type { Cost } from '../trials/cost.ts';
import { find, type Result } from '../trials/trial.ts';
import type { Tuned } from '../trials/tuning.ts';
import type { Scenario } from '../world/scenarios.ts';

export interface Outcome {
  readonly scenario: Scenario;
  readonly results: readonly Result[];
}

export interface Report {
  readonly outcomes: readonly Outcome[];
  /** Where no stable runs beside the candidate. */
  readonly alone: readonly Outcome[];
  readonly aloneAlpha: number;
  readonly tuned: Tuned;
  readonly matchedRate: number;
  readonly cost: Cost;
  readonly replicates: number;
  /** Of each bad release. */
  readonly ofBad: number;
  readonly seed: number;
  readonly seconds: number;
}

export type Cell = (result: Result) => string;

export const falseRollbacks: Cell = ({ rolledBack, releases, interval: [lower, upper] }) =>
  `${percent(rolledBack / releases)} (${percent(lower)}–${percent(upper)})`;

export const full: Cell = (result) =>
  `${share(result.rolledBack, result)} / ${minutes(result.minutes)} / ${Math.round(result.requests)} / ${count(result.badRequests)}`;

export const brief: Cell = (result) =>
  `${share(result.rolledBack, result)} / ${minutes(result.minutes)} / ${count(result.badRequests)}`;

export const promotion: Cell = (result) =>
  `${share(result.promoted, result)} / ${minutes(result.minutesToPromotion)}`;

export function table(outcomes: readonly Outcome[], judges: readonly string[], cell: Cell): string {
  const rows = [
    ['scenario', ...judges],
    ['---', ...judges.map(() => '---')],
    ...outcomes.map(({ scenario, results }) => [
      scenario.name,
      ...judges.map((judge) => cell(find(results, judge))),
    ]),
  ];
  return rows.map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function share(part: number, { releases }: Result): string {
  return `${percent(part / releases)}%`;
}

export function percent(value: number): string {
  return String(Number((100 * value).toFixed(2)));
}

function minutes(value: number | undefined): string {
  return value === undefined ? '–' : String(Number(value.toFixed(1)));
}

export function count(value: number): string {
  return value < 100 ? value.toFixed(1) : String(Math.round(value));
}
