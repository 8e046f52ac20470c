/**
 * `npm run bench:judge [-- --replicates N] [--bad N] [--seed N]`: the judges side by side in every
 * scenario, as they come and tuned to one rate of false rollbacks. `--bad`: so many replicates of each
 * bad release, where means are wanted and no bound of a small rate; default as many as of good ones. Writes docs/judge-benchmark.md and .svg,
 * and exits with 1 where a bound is broken.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { SEQUENTIAL_DEFAULTS } from '../core/judge/policy.ts';
import { brokenBounds } from './report/bounds.ts';
import type { Outcome, Report } from './report/cells.ts';
import { plotOf } from './report/plot.ts';
import { pageOf } from './report/report.ts';
import { costOf } from './trials/cost.ts';
import {
  argo,
  flagger,
  kayenta,
  type Peer,
  releasedBy,
  SEQUENTIAL,
  sequentialAlone,
  sequentialAt,
} from './trials/peers.ts';
import { trial } from './trials/trial.ts';
import { type Tuned, tune, tuneAlone } from './trials/tuning.ts';
import { ALONE_SCENARIOS, TUNED_ON } from './world/alone-scenarios.ts';
import { SCENARIOS, type Scenario } from './world/scenarios.ts';

const MATCHED_RATE = 0.01;

const { values } = parseArgs({
  options: {
    replicates: { type: 'string', default: '2000' },
    bad: { type: 'string' },
    seed: { type: 'string', default: '20260101' },
  },
});
const replicates = Number(values.replicates);
const ofBad = Number(values.bad ?? values.replicates);
const seed = Number(values.seed);
const counts = [replicates, ofBad];
if (counts.some((n) => !Number.isInteger(n) || n < 1) || !Number.isInteger(seed)) {
  process.stderr.write(
    '--replicates, --bad and --seed are whole numbers, the first two at least 1\n',
  );
  process.exit(2);
}

/** Scenarios and replicates are told apart by their seeds; tuning has seeds of its own. */
const seedOf =
  (stream: number) =>
  (replicate: number): number =>
    seed + stream * 1_000_003 + replicate;

const [plain] = SCENARIOS;
if (!plain) throw new Error('there is no scenario');
const began = performance.now();
const tuned = tune(plain, MATCHED_RATE, replicates, seedOf(SCENARIOS.length));
const usual: readonly Peer[] = [SEQUENTIAL, kayenta('Kayenta'), argo('Argo'), flagger('Flagger')];
const matched = matchedPeers(tuned);

const outcomes = SCENARIOS.map((scenario, stream) =>
  outcomeOf(
    scenario,
    scenario.truth === 'bad' ? [...usual, ...matched.all] : [...usual, ...matched.cheap],
    stream,
  ),
);
const streams = SCENARIOS.length + 1;
const aloneAlpha = tuneAlone(TUNED_ON, MATCHED_RATE, ofBad, seedOf(streams));
const lone: readonly Peer[] = [
  releasedBy('sequential', SEQUENTIAL_DEFAULTS.alpha),
  sequentialAlone('sequential, an hour', SEQUENTIAL_DEFAULTS.alpha),
  sequentialAlone('sequential, tuned', aloneAlpha),
  argo('Argo'),
  flagger('Flagger'),
];
const alone = ALONE_SCENARIOS.map((scenario, nth) => outcomeOf(scenario, lone, streams + 1 + nth));

const report: Report = {
  outcomes,
  alone,
  aloneAlpha,
  tuned,
  matchedRate: MATCHED_RATE,
  cost: costOf(seed),
  replicates,
  ofBad,
  seed,
  seconds: (performance.now() - began) / 1000,
};
const broken = brokenBounds(report);
writeFileSync('docs/judge-benchmark.md', pageOf(report, broken));
writeFileSync('docs/judge-benchmark.svg', plotOf(report));
const { judgementMs, windows, verdictsPerSecond, evidenceBytes, heapMb } = report.cost;
process.stdout.write(
  `cost: ${windows} windows judged in ${judgementMs.toFixed(0)} ms, ` +
    `${Math.round(verdictsPerSecond)} verdicts/s, evidence ${evidenceBytes} bytes, ` +
    `heap ${heapMb.toFixed(0)} MB\n${broken.map((line) => `BROKEN: ${line}\n`).join('')}` +
    `docs/judge-benchmark.md and .svg written, ${report.seconds.toFixed(0)} s\n`,
);
process.exitCode = broken.length > 0 ? 1 : 0;

function outcomeOf(scenario: Scenario, peers: readonly Peer[], stream: number): Outcome {
  const started = performance.now();
  const count = scenario.truth === 'null' ? replicates : ofBad;
  const results = trial(scenario, peers, count, seedOf(stream));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${scenario.name}, seeds from ${seedOf(stream)(0)}: ${seconds} s\n`);
  for (const { name, rolledBack, minutes, badRequests } of results) {
    const share = ((100 * rolledBack) / count).toFixed(1);
    const after = minutes === undefined ? '' : ` after ${minutes.toFixed(1)} min`;
    const bad = `${badRequests.toFixed(1)} bad requests`;
    process.stdout.write(`  ${name.padEnd(20)} ${share}% rolled back${after}, ${bad}\n`);
  }
  return { scenario, results };
}

function matchedPeers(knobs: Tuned): { all: readonly Peer[]; cheap: readonly Peer[] } {
  const latency = { quantile: 0.99, ms: 500 };
  const cheap = [
    argo('Argo, tuned', { errorRate: knobs.argoErrorRate, latency }),
    flagger('Flagger, tuned', { errorRate: knobs.flaggerErrorRate, latency }),
    argo('one minute, tuned', { errorRate: knobs.onceErrorRate, latency }, 0),
  ];
  const all = [
    sequentialAt('sequential, tuned', knobs.sequentialAlpha),
    kayenta('Kayenta, tuned', knobs.kayentaQuantile),
    ...cheap,
  ];
  return { all, cheap };
}
