/** One kill: the program is killed at one of its questions, two others come next, and the end is looked at. */
import type { ChildProcess } from 'node:child_process';
import { type Bench, ended } from './bench.ts';
import { brokenIn, schemaOf } from './end.ts';
import { MOMENTS, type Moment, type Strike, startProxy } from './proxy.ts';
import type { Part } from './scripts.ts';
import { startTraffic, type Traffic } from './traffic.ts';

export interface Case {
  readonly part: Part;
  readonly template: string;
  readonly at: number;
  readonly moment: Moment;
  /** The schema that has to come of it. */
  readonly schema: string;
}

export interface Played extends Traffic {
  readonly wasKilled: boolean;
  readonly broken: readonly string[];
}

/** One for each question of a run that nobody kills, and each moment. */
export async function casesOf(
  bench: Bench,
  part: Part,
  made: ReadonlyMap<string, string>,
): Promise<readonly Case[]> {
  const template = made.get(part.after ?? '') ?? 'base';
  const database = await bench.copyOf(template);
  const proxy = await startProxy(bench.port, undefined);
  const { code, said } = await ended(bench.run(part.args, bench.urlOf(database, proxy.port)));
  if (code !== 0) throw new Error(`${part.name} without a kill ended with ${code}:\n${said}`);
  const schema = await schemaOf(bench.bin, bench.urlOf(database));
  await proxy.close();
  return Array.from({ length: proxy.asked() }, (_, question) =>
    MOMENTS.map((moment) => ({ part, template, at: question + 1, moment, schema })),
  ).flat();
}

/**
 * `worstWriteMs`: how much longer a write may wait than one of a table that nobody migrates, and than it
 * takes on this machine until who was killed is gone.
 */
export async function play(bench: Bench, played: Case, worstWriteMs: number): Promise<Played> {
  const { part, template, at, moment, schema } = played;
  const database = await bench.copyOf(template);
  const url = bench.urlOf(database);
  const endTraffic = await startTraffic(url);
  let child: ChildProcess | undefined;
  const strike: Strike = { at, moment, strike: () => void child?.kill('SIGKILL') };
  const proxy = await startProxy(bench.port, strike);
  child = bench.run(part.args, bench.urlOf(database, proxy.port));
  await ended(child);
  const wasKilled = child.signalCode === 'SIGKILL';
  await proxy.close();
  const next = await Promise.all([part.args, part.args].map((args) => ended(bench.run(args, url))));
  const traffic = await endTraffic();
  const broken = [
    ...next.flatMap(({ code, said }) =>
      code === 0 ? [] : [`a runner that came next ended with ${code}: ${said}`],
    ),
    ...traffic.errors,
    ...slowWrite(traffic, proxy.goneAfterMs(), worstWriteMs),
    ...(await brokenIn(url)),
    ...((await schemaOf(bench.bin, url)) === schema ? [] : ['the schema is another one']),
  ];
  await bench.drop(database);
  return { ...traffic, wasKilled, broken };
}

function slowWrite(
  { worstWriteMs, worstBesideMs }: Traffic,
  goneAfterMs: number,
  allowedMs: number,
): readonly string[] {
  if (worstWriteMs <= worstBesideMs + goneAfterMs + allowedMs) return [];
  const [own, beside, gone] = [worstWriteMs, worstBesideMs, goneAfterMs].map(Math.round);
  return [
    `a write took ${own} ms, one of a table beside it ${beside} ms; who was killed was gone after ${gone} ms`,
  ];
}
