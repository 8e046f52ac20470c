/** The report of a demonstration, and whether it went as its scenario should. */
import { CANDIDATE } from './cluster.ts';
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
  readonly durationMs: number;
}

const FEWEST_REQUESTS = 2_000;

/** What is not as it should be; empty where all is well. */
export function surprises(report: DemoReport): string[] {
  const { scenario, outcome, requests, failed } = report;
  const found: string[] = [];
  const expected = isGood(scenario) ? 'promoted' : 'rolled-back';
  if (outcome !== expected) found.push(`the outcome is ${outcome || 'missing'}, not ${expected}`);
  const own = ownFaults(report);
  if (failed > own) found.push(`${failed - own} requests failed that no version answered itself`);
  if (isGood(scenario) && requests < FEWEST_REQUESTS) {
    found.push(`${requests} requests are too few to prove anything (${FEWEST_REQUESTS})`);
  }
  return found;
}

function isGood(scenario: Scenario): boolean {
  return scenario === 'good-release' || scenario === 'noisy-but-good';
}

/** Errors that a version was meant to answer with. */
function ownFaults({ scenario, failedByVersion }: DemoReport): number {
  if (scenario === 'good-release') return 0;
  const faults = Object.entries(failedByVersion).filter(
    ([version]) => scenario === 'noisy-but-good' || version === CANDIDATE,
  );
  return faults.reduce((sum, [, count]) => sum + count, 0);
}

/** The last line. */
export function outcomeLine(report: DemoReport): string {
  const { outcome, reason, requests, failed, failedBy, servedBy, durationMs } = report;
  const counts = (record: Readonly<Record<string, number>>): string =>
    Object.entries(record)
      .map(([key, count]) => `${key}:${count}`)
      .join(',') || 'none';
  const why = reason === '' ? '' : ` reason="${reason}"`;
  return `outcome=${outcome} requests=${requests} failed=${failed} failed-by=${counts(failedBy)} served-by=${counts(servedBy)} duration=${(durationMs / 1000).toFixed(1)}s${why}`;
}
