/**
 * `make demo`: payment-service v1.1.0 serves under load, and the example's PipelineRun releases
 * v1.2.0. Shows what happens as it happens, counts every request, and ends with what came of it.
 */
import { writeFileSync } from 'node:fs';
import { sleep } from '../embedded-cluster/base/clock.ts';
import type { Cluster } from '../embedded-cluster/cluster/cluster.ts';
import { CANDIDATE, entrance, STABLE, startDemoCluster, submitRun } from './cluster.ts';
import { contractInTheNextRun } from './database/contract.ts';
import { type Database, startDatabase } from './database/database.ts';
import { type Load, startLoad } from './load.ts';
import { parseOptions } from './options.ts';
import { type DemoReport, outcomeLine, surprises } from './report.ts';
import { createScreen, type Screen } from './screen.ts';
import { followStages, reasonOf, resultOf, runEnded, stagesOf } from './stages.ts';

const ROOT = process.cwd();
const FIRST_REQUESTS = 100;
const AFTERWARDS_MS = 1_500;

const options = parseOptions(process.argv.slice(2));
const screen = createScreen(process.stdout);
const began = Date.now();
const database = await startDatabase(ROOT, options.scenario);
if (database) screen.line('PostgreSQL runs, with 200,000 orders of payment-service');
screen.line(`scenario ${options.scenario}: starting the embedded cluster`);
const cluster = await startDemoCluster(ROOT, options, database);
process.exitCode = 1;
try {
  const address = entrance(cluster, options.router);
  screen.line(`payment-service ${STABLE} serves with three pods; putting load on it`);
  const load = startLoad(
    ROOT,
    `http://${address.host}:${address.port}/payments`,
    options.maxSeconds,
  );
  const report = await release(cluster, database, load, screen);
  writeFileSync(options.report, `${JSON.stringify(report, undefined, 2)}\n`);
  const wrong = surprises(report);
  for (const surprise of wrong) screen.line(`not as it should be: ${surprise}`);
  screen.end();
  process.stdout.write(`${outcomeLine(report)}\n`);
  process.exitCode = wrong.length === 0 ? 0 : 1;
} finally {
  await cluster.stop();
  await database?.stop();
}

async function release(
  cluster: Cluster,
  database: Database | undefined,
  load: Load,
  shown: Screen,
): Promise<DemoReport> {
  const { world } = cluster;
  const { scenario, strategy, router, maxSeconds } = options;
  const showing = setInterval(() => shown.traffic(load.tally()), 500);
  while (load.tally().requests < FIRST_REQUESTS) await sleep(world.clock, 100);
  const letGo = scenario === 'locked-migration' ? await database?.held() : undefined;
  const run = submitRun(cluster, ROOT, options, database !== undefined);
  shown.line(`PipelineRun ${run} submitted: ${CANDIDATE} by ${strategy} through ${router}`);
  let refusal = '';
  const unfollow = followStages(cluster, run, (stage, line) => {
    shown.line(`[${stage}] ${line}`);
    refusal = refusalIn(line) ?? refusal;
  });
  const over = await endedWithin(maxSeconds, runEnded(cluster, run));
  shown.line(`PipelineRun ${over === 'ended' ? reasonOf(cluster, run) : 'did not end in time'}`);
  unfollow();
  await letGo?.();
  const outcome = resultOf(cluster, run, 'outcome') ?? '';
  const contract =
    database && outcome === 'promoted' ? await contractInTheNextRun(cluster, shown) : undefined;
  // What a release breaks may break only after it: the load goes on for a moment.
  await sleep(world.clock, AFTERWARDS_MS);
  clearInterval(showing);
  const tally = await load.stop();
  return {
    scenario,
    strategy,
    router,
    outcome,
    reason: refusal || (resultOf(cluster, run, 'reason') ?? ''),
    ...tally,
    stages: [...stagesOf(cluster, run), ...(contract ? [contract] : [])],
    database: await database?.report(),
    durationMs: Date.now() - began,
  };
}

/** Why a stage has let nothing begin: the run itself says no more than that one has. */
function refusalIn(line: string): string | undefined {
  return /\boutcome=refused\b.* reason="([^"]*)"/.exec(line)?.[1];
}

async function endedWithin(seconds: number, run: Promise<void>): Promise<'ended' | 'gave-up'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'gave-up'>((resolve) => {
    timer = setTimeout(() => resolve('gave-up'), seconds * 1000);
  });
  const over = await Promise.race([run.then(() => 'ended' as const), late]);
  clearTimeout(timer);
  return over;
}
