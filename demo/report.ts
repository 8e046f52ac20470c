/** The report of a demonstration, and whether it went as its scenario should. */
import { CANDIDATE } from './cluster.ts';
import type { DatabaseReport } from './database/database.ts';
import type { Router, Scenario } from './options.ts';
import type { StageReport } from './stages.ts';

export interface DemoReport {
  readonly scenario: Scenario;
  readonly strategy: string;
  readonly router: Router;
  readonly outcome: string;
  readonly reason: string;
  readonly requests: number;
  readonly failed: number;
  readonly failedBy: Readonly<Record<string, number>>;
  readonly servedBy: Readonly<Record<string, number>>;
  readonly failedByVersion: Readonly<Record<string, number>>;
  readonly stages: readonly StageReport[];
  /** Of a scenario that has one. */
  readonly database: DatabaseReport | undefined;
  readonly durationMs: number;
}

const FEWEST_REQUESTS = 2_000;

/** What is not as it should be; empty where all is well. */
export function surprises(report: DemoReport): string[] {
  const { scenario, outcome, requests, failed } = report;
  const found: string[] = [];
  const expected = expectedOutcome(scenario);
  if (outcome !== expected) found.push(`the outcome is ${outcome || 'missing'}, not ${expected}`);
  const own = ownFaults(report);
  if (failed > own) found.push(`${failed - own} requests failed that no version answered itself`);
  if (isGood(scenario) && requests < FEWEST_REQUESTS) {
    found.push(`${requests} requests are too few to prove anything (${FEWEST_REQUESTS})`);
  }
  return [...found, ...surprisesIn(report)];
}

function expectedOutcome(scenario: Scenario): string {
  if (isGood(scenario)) return 'promoted';
  // What is missing is missed before anything of the service was touched.
  return WITHOUT_A_RELEASE.includes(scenario) ? 'unchanged' : 'rolled-back';
}

const GOOD: readonly Scenario[] = ['good-release', 'noisy-but-good', 'migration', 'signed'];
const WITHOUT_A_RELEASE: readonly Scenario[] = [
  'bad-migration',
  'locked-migration',
  'unsigned',
  'vulnerable',
  'incompatible',
];

function isGood(scenario: Scenario): boolean {
  return GOOD.includes(scenario);
}

const BEFORE = 'id, note, status';
const AFTER = 'fulfillment_status, id, status';

function surprisesIn({ scenario, database, stages }: DemoReport): string[] {
  if (!database) return [];
  const { columns, unfilled, failedStatements, leftOver } = database;
  const isMigrated = scenario === 'migration';
  const expected = isMigrated ? AFTER : BEFORE;
  const found = failedStatements.map((message) => `a statement of the service failed: ${message}`);
  if (columns.join(', ') !== expected) {
    found.push(`the table has the columns ${columns.join(', ')}, not ${expected}`);
  }
  if (isMigrated && unfilled > 0) found.push(`${unfilled} orders were not filled`);
  if (leftOver > 0) found.push(`${leftOver} sessions, locks or invalid indexes are left over`);
  if (isMigrated && stages.at(-1)?.result !== 'Succeeded') found.push('nothing was contracted');
  return found;
}

/** Errors that a version was meant to answer with. */
function ownFaults(report: DemoReport): number {
  const { scenario, failedByVersion } = report;
  if (scenario === 'good-release' || scenario === 'signed' || report.database) return 0;
  const faults = Object.entries(failedByVersion).filter(
    ([version]) => scenario === 'noisy-but-good' || version === CANDIDATE,
  );
  return faults.reduce((sum, [, count]) => sum + count, 0);
}

/** The last line. */
export function outcomeLine(report: DemoReport): string {
  const { outcome, reason, requests, failed, failedBy, servedBy, durationMs, database } = report;
  const counts = (record: Readonly<Record<string, number>>): string =>
    Object.entries(record)
      .map(([key, count]) => `${key}:${count}`)
      .join(',') || 'none';
  const why = reason === '' ? '' : ` reason="${reason}"`;
  const rows = database ? ` ${databaseText(database)}` : '';
  return `outcome=${outcome} requests=${requests} failed=${failed} failed-by=${counts(failedBy)} served-by=${counts(servedBy)}${rows} duration=${(durationMs / 1000).toFixed(1)}s${why}`;
}

function databaseText(database: DatabaseReport): string {
  const { orders, failedStatements, longestLockWaitMs: wait } = database;
  const longest = wait === 0 ? 'under-10ms' : `${Math.round(wait)}ms`;
  return `orders=${orders} failed-statements=${failedStatements.length} longest-lock-wait=${longest}`;
}
