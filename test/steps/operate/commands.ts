// A service for orders: driven, waiting to be concluded, or left alone.
import { expect } from '@jest/globals';
import { readCommands } from '../../../core/journal/commands/command.ts';
import { journalName } from '../../../core/journal/journal.ts';
import { readJournal } from '../../../core/journal/read-journal.ts';
import type { ConfigMap } from '../../../core/kubernetes/objects.ts';
import { stage as deploy } from '../../../steps/deploy/stage.ts';
import { stage } from '../../../steps/operate/stage.ts';
import { APP } from '../../core/support/objects.ts';
import { releaseIn } from '../../core/support/releases.ts';
import { QUICK, type ToyOptions } from '../../effects/support/toy-service.ts';
import { endOf, staged, stagedIn } from '../support.ts';

const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' } as const;
export const OWN = { 'release-id': 'operate-1', by: 'ada' };
const SLOW = { ...QUICK, strategy: { blueGreen: { monitoring: '2m' } } };
export const ORDERS = ['promote', 'pause', 'resume', 'abort', 'drain'] as const;
export const left = releaseIn('blue-green', 'preparing', { config: QUICK });
export type World = Awaited<ReturnType<typeof staged>>['world'];

export const journalIn = ({ api }: World) => {
  const stored = api.found<ConfigMap>(CONFIG_MAP, journalName(APP));
  const journal = readJournal(stored?.data);
  if (typeof journal === 'string') throw new Error(journal);
  return { journal, orders: readCommands(stored?.data) };
};

/** A release that another process drives, while the candidate is watched. */
export async function driven() {
  const made = await staged(deploy, { config: SLOW });
  const ended = made.start({ strategy: 'blue-green' });
  ended.catch(() => undefined);
  await made.world.passes(30);
  expect(made.world.serves()).toEqual(['v2']);
  const { run, start, writes } = stagedIn(made.world, stage);
  const command = (name: string, given = {}) => run({ ...OWN, command: name, ...given });
  const deployed = async () => endOf(await made.world.cameOf(ended, 300));
  return { world: made.world, command, start, writes, deployed };
}

/** A release that waits to be concluded, and nobody drives it. */
export async function waiting(options: ToyOptions = {}) {
  const made = await staged(deploy, options);
  await made.run({ strategy: 'blue-green', finish: 'conclude' });
  const { run, writes } = stagedIn(made.world, stage);
  const command = (name: string, given = {}) => run({ ...OWN, command: name, ...given });
  return { world: made.world, command, writes };
}

export async function found(setting: Parameters<typeof staged>[1] = {}) {
  const { run, ...made } = await staged(stage, setting);
  return {
    ...made,
    command: (name: string, given = {}) => run({ ...OWN, command: name, ...given }),
  };
}
