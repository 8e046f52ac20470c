/** Asks what the service depends on whether it is there, where a release config may send a stage. */

import { promises } from 'node:dns';
import { isIP } from 'node:net';
import type { Dependency } from '../../core/config/sections/before/asked.ts';
import { messageOf } from '../base/failure.ts';
import { addressIssue, type Destinations, urlIssue } from '../context/destinations.ts';
import type { StageContext } from '../context/stage-context.ts';

/** A single hiccup is no absence. */
const TRIES = 3;
const PAUSE_MS = 500;

type Context = Pick<StageContext, 'askConfigured' | 'reach' | 'destinations' | 'clock'>;

/** What is wrong with each that does not do, by its name. */
export async function faultsOfDependencies(
  context: Context,
  dependencies: readonly Dependency[],
): Promise<ReadonlyMap<string, string>> {
  const faults = await Promise.all(
    dependencies.map(async (each) => {
      const fault = await triedThrice(context, each);
      return fault === undefined ? [] : [[each.name, fault] as const];
    }),
  );
  return new Map(faults.flat());
}

/** Those that lead where a stage may not ask: that is a fault of the config, and never asked. */
export function destinationFaults(dependencies: readonly Dependency[], to: Destinations): string[] {
  return dependencies.flatMap(({ kind, place }, index) => {
    const fault = urlIssue(kind === 'http' ? place : `http://${place}`, to);
    const path = `/preflight/dependencies/${index}/${kind}`;
    return fault === undefined ? [] : [`release config: ${path} ${fault}`];
  });
}

async function triedThrice(context: Context, dependency: Dependency): Promise<string | undefined> {
  for (let tried = 1; ; tried += 1) {
    const fault = await faultOf(context, dependency).catch(messageOf);
    if (fault === undefined || tried === TRIES) return fault;
    await context.clock.sleep(PAUSE_MS);
  }
}

async function faultOf(
  { askConfigured, reach, destinations }: Context,
  { kind, place, timeoutMs }: Dependency,
): Promise<string | undefined> {
  if (kind === 'http') {
    const answer = await askConfigured({ method: 'GET', url: place, headers: {}, timeoutMs });
    if (answer.kind === 'failed') return answer.why;
    return answer.status >= 200 && answer.status < 400 ? undefined : `answered ${answer.status}`;
  }
  const [name = '', port = ''] = place.split(':');
  const host = await addressOf(name, await destinations());
  const at = { host, port: Number(port) };
  return reach(kind === 'tcp' ? { kind, ...at } : { kind, ...at, service: '' }, timeoutMs);
}

/** What DNS answers is connected to, and nothing that it answers later. */
export async function addressOf(name: string, to: Destinations): Promise<string> {
  if (isIP(name) !== 0) return name;
  const found = await promises.lookup(name, { all: true });
  const fault = found.map(({ address }) => addressIssue(address, to)).find(Boolean);
  if (fault !== undefined) throw new Error(fault);
  return found[0]?.address ?? name;
}
