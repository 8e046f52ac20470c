// Stages that run side by side write beside one journal: none undoes what another wrote, and none writes over
// what a release that is under way goes by.
import { describe, expect, test } from '@jest/globals';
import { type ReleaseId, releaseId } from '../../../../core/base/vocabulary.ts';
import { JOURNAL_KEY, journalName } from '../../../../core/journal/journal.ts';
import type { StageSection } from '../../../../core/journal/stage-sections.ts';
import type { ConfigMap } from '../../../../core/kubernetes/objects.ts';
import { openJournal } from '../../../../effects/ownership/journal/journal.ts';
import { peekSection, saveSection } from '../../../../effects/ownership/journal/stage-sections.ts';
import { APP } from '../../../core/support/objects.ts';
import {
  AT,
  configMapOf,
  endedAs,
  journalOf,
  RUN,
  releaseIn,
} from '../../../core/support/releases.ts';
import { fakeWorld } from '../../support/world.ts';

const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' } as const;
const WHERE = { namespace: 'default', service: APP };
const RELEASED = releaseIn('rolling', 'monitoring');
const JOURNAL = journalOf(RELEASED);
const OTHER = releaseId('run-2');

const sectionOf = (run: ReleaseId, state: StageSection['state'] = 'doing'): StageSection => {
  return { version: 1, run, state, since: AT, facts: { at: state } };
};

function writing(stored?: ConfigMap) {
  const world = fakeWorld();
  if (stored) world.api.put(stored);
  const { kube } = world.process('p1');
  const save = (section: StageSection, stage = 'scan') =>
    world.cameOf(saveSection(kube, WHERE, stage, section));
  const peek = (run = RUN, stage = 'scan') =>
    world.cameOf(peekSection(kube, WHERE, stage, run)).then((came) => {
      return typeof came === 'object' && 'value' in came ? came.value : came;
    });
  const data = () => world.api.found<ConfigMap>(CONFIG_MAP, journalName(APP))?.data ?? {};
  return { world, kube, save, peek, data };
}

describe('the section of a stage', () => {
  test('is there before any journal is, and the journal that comes leaves it', async () => {
    const { world, kube, save, peek, data } = writing();
    expect(await save(sectionOf(RUN))).toEqual({ value: undefined });
    const journal = await world.done(openJournal(kube, 'default', APP));
    await world.done(journal.save(JOURNAL));
    expect(await peek()).toMatchObject({ kind: 'section', section: { state: 'doing' } });
    expect(Object.keys(data())).toEqual(['stage.scan', JOURNAL_KEY]);
  });

  test('is written anew by its stage, and touches neither journal nor other stages', async () => {
    const { save, peek, data } = writing(configMapOf(JOURNAL));
    await save(sectionOf(RUN), 'scan');
    await save(sectionOf(RUN), 'tell');
    await save(sectionOf(RUN, 'done'), 'scan');
    expect(await peek(RUN, 'scan')).toMatchObject({ section: { state: 'done' } });
    expect(await peek(RUN, 'tell')).toMatchObject({ section: { state: 'doing' } });
    expect(data()[JOURNAL_KEY]).toBe(configMapOf(JOURNAL).data?.[JOURNAL_KEY]);
  });

  test('does not undo what is written in the same moment, and is no reason to stop for it', async () => {
    const { world, kube, save, peek } = writing(configMapOf(JOURNAL));
    const journal = await world.done(openJournal(kube, 'default', APP));
    await save(sectionOf(RUN));
    const later = journalOf(endedAs('promoted', RELEASED));
    await world.done(journal.save(later));
    expect(await peek()).toMatchObject({ kind: 'section' });
    expect(journal.journal()).toBe(later);
  });

  test('of a release that is under way is not written over by another run', async () => {
    const { save, peek } = writing(configMapOf(JOURNAL));
    await save(sectionOf(RUN, 'done'));
    expect(await save(sectionOf(OTHER))).toMatchObject({
      exitCode: 4,
      message: `release ${RUN} is under way, and scan has prepared it`,
    });
    expect(await peek()).toMatchObject({ section: { run: RUN, state: 'done' } });
  });

  test('of a release that has ended, or never began, is written over', async () => {
    const { save, peek } = writing(configMapOf(journalOf(endedAs('promoted', RELEASED))));
    await save(sectionOf(RUN, 'done'));
    expect(await save(sectionOf(OTHER))).toEqual({ value: undefined });
    expect(await peek(OTHER)).toMatchObject({ section: { run: OTHER } });
    expect(await peek(RUN)).toMatchObject({ kind: 'none' });
  });

  test('is refused where it is too large to be read again', async () => {
    const { save, data } = writing(configMapOf(JOURNAL));
    const large = { ...sectionOf(RUN), facts: { x: 'x'.repeat(9_000) } };
    expect(await save(large)).toMatchObject({ exitCode: 3 });
    expect(data()['stage.scan']).toBeUndefined();
  });
});
