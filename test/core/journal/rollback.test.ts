// Going back to what served before: which revision that is, and that it is released like any other.
import { describe, expect, test } from '@jest/globals';
import {
  instant,
  type Outcome,
  releaseId,
  type StrategyName,
} from '../../../core/base/vocabulary.ts';
import { findSubject } from '../../../core/cluster/subject.ts';
import {
  EMPTY_JOURNAL,
  type Journal,
  journalData,
  withTransition,
} from '../../../core/journal/journal.ts';
import { readJournal } from '../../../core/journal/read-journal.ts';
import { planRevision, revisionBefore, revisionTagged } from '../../../core/journal/rollback.ts';
import type { PodTemplate } from '../../../core/kubernetes/objects.ts';
import { planRelease } from '../../../core/plan/planning.ts';
import { ended } from '../../../core/state/transitions.ts';
import { strategyOf } from '../../../core/strategies/registry.ts';
import { APP, deployment, REPOSITORY, service, template } from '../support/objects.ts';
import { settingsFor } from '../support/play.ts';

const BLUE = { app: APP, version: 'blue' };
const GREEN = { app: APP, version: 'green' };

function inputFor(tag: string, strategy: StrategyName = 'blue-green', runs = 'v2') {
  const green = deployment(`${APP}-green`, runs, GREEN);
  const own = service(GREEN);
  const found = findSubject(APP, 'default', own, [green], settingsFor(strategy).workload);
  if (found.kind === 'not-found') throw new Error(found.why);
  return {
    release: releaseId('back-1'),
    at: instant(0),
    settings: settingsFor(strategy),
    subject: found.subject,
    image: { reference: `${REPOSITORY}:${tag}`, tag, digest: undefined },
    metrics: { kind: 'none', why: '' },
    deployments: [green],
    pods: [],
    others: new Map(),
    previewService: undefined,
  } as const;
}

/** The journal after a release from one version to another, with an environment of its own. */
function released(
  journal: Journal,
  release: string,
  [from, to]: readonly [string, string],
  outcome: Outcome = 'promoted',
): Journal {
  const blue = deployment(`${APP}-blue`, from, BLUE);
  blue.spec.template = withEnv(blue.spec.template, from);
  const own = service(BLUE);
  const found = findSubject(APP, 'default', own, [blue], settingsFor('blue-green').workload);
  if (found.kind === 'not-found') throw new Error(found.why);
  const planned = planRelease({
    ...inputFor(to),
    release: releaseId(release),
    subject: found.subject,
    deployments: [blue],
  });
  if (planned.kind !== 'planned') throw new Error(planned.why);
  const { plan } = planned;
  const state = ended(strategyOf(plan).begin(plan, instant(0)), instant(1), outcome);
  return withTransition(journal, plan, state, [], instant(1));
}

function withEnv(pods: PodTemplate, value: string): PodTemplate {
  const containers = pods.spec.containers.map((each) => ({
    ...each,
    env: [{ name: 'OF', value }],
  }));
  return { ...pods, spec: { ...pods.spec, containers } };
}

const twice = released(released(EMPTY_JOURNAL, 'r1', ['v0', 'v1']), 'r2', ['v1', 'v2']);

describe('the revision to go back to', () => {
  test('is what the last promoted release replaced, with its whole pods', () => {
    const failed = released(twice, 'r3', ['v2', 'v3'], 'rolled-back');
    expect(revisionBefore(failed)).toMatchObject({
      image: { reference: `${REPOSITORY}:v1`, tag: 'v1' },
      instead: `${REPOSITORY}:v2`,
      origin: 'what release r2 replaced, as its pods were',
      template: withEnv(template('v1', BLUE), 'v1'),
    });
  });

  test.each([
    ['v2', 'what release r2 promoted', undefined],
    ['v1', 'what release r2 replaced', withEnv(template('v1', BLUE), 'v1')],
    ['v0', 'what release r1 replaced', withEnv(template('v0', BLUE), 'v0')],
  ])('by its tag %s is %s', (tag, origin, pods) => {
    const revision = revisionTagged(twice, tag);
    expect(revision?.origin).toContain(origin);
    expect(revision?.template).toEqual(pods);
  });

  test('is unknown where nothing was promoted, or the tag never was', () => {
    expect(revisionBefore(EMPTY_JOURNAL)).toBeUndefined();
    expect(revisionTagged(twice, 'v7')).toBeUndefined();
    expect(revisionTagged(released(twice, 'r3', ['v2', 'v3'], 'failed'), 'v3')).toBeUndefined();
  });
});

describe('a release back', () => {
  const back = revisionBefore(twice);

  test('blue-green: starts the old pods beside those that serve, in the colour that is free', () => {
    const planned = planRevision(inputFor('v1'), back);
    expect(planned).toMatchObject({
      kind: 'planned',
      plan: {
        strategy: 'blue-green',
        stable: { name: `${APP}-green` },
        candidate: { name: `${APP}-blue` },
        previousImage: `${REPOSITORY}:v2`,
      },
    });
    if (planned.kind !== 'planned' || planned.plan.strategy !== 'blue-green') throw new Error();
    const { template: pods } = planned.plan.candidate;
    expect(JSON.parse(JSON.stringify(pods))).toEqual(withEnv(template('v1', BLUE), 'v1'));
  });

  test('under today’s rules of scheduling: those of then name the side that serves now', () => {
    const apart = (version: string) => ({
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { version } } },
          ],
        },
      },
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: 'zone',
          whenUnsatisfiable: 'DoNotSchedule',
          labelSelector: { matchLabels: { version } },
        },
      ],
    });
    const input = inputFor('v1');
    const { deployment: runs } = input.subject;
    const pods = runs.spec.template;
    const spread = {
      ...runs,
      spec: {
        ...runs.spec,
        template: { ...pods, spec: { ...pods.spec, ...apart('green') } },
      },
    } as typeof runs; // the rules of a side, as a Deployment of any cluster may have them
    const revision = back && {
      ...back,
      template: back.template && {
        ...back.template,
        spec: { ...back.template.spec, ...apart('green') },
      },
    };
    const now = {
      ...input,
      subject: { ...input.subject, deployment: spread },
      deployments: [spread],
    };
    const planned = planRevision(now, revision);
    if (planned.kind !== 'planned' || planned.plan.strategy !== 'blue-green') throw new Error();
    expect(planned.plan.candidate.template.spec).toMatchObject(apart('blue'));
  });

  test('rolling: rolls to the old pods as a whole, under the labels that the service selects', () => {
    const planned = planRevision(inputFor('v1', 'rolling'), back);
    if (planned.kind !== 'planned' || planned.plan.strategy !== 'rolling') throw new Error();
    expect(planned.plan.template).toEqual(withEnv(template('v1', GREEN), 'v1'));
  });

  test('is refused where something runs that no release put there', () => {
    expect(planRevision(inputFor('v1', 'blue-green', 'by-hand'), back)).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining(`the service runs ${REPOSITORY}:by-hand`),
    });
  });

  test('to a version that the journal does not know is an ordinary release of it', () => {
    expect(planRevision(inputFor('v7'), undefined)).toEqual(planRelease(inputFor('v7')));
  });
});

test.each([1, 5, 12, 40, 100, 400])(
  'twenty releases of pods of %i kB fit into a journal as it is written, and the newest can be gone back to where there is room',
  (kilobytes) => {
    const large = 'x'.repeat(kilobytes * 1_000);
    let journal = EMPTY_JOURNAL;
    for (let each = 0; each < 30; each += 1) {
      journal = released(journal, `r${each}`, [`v${each}-${large.slice(0, 100)}`, `v${each + 1}`]);
      const [newest, ...older] = journal.history;
      if (!newest?.before) throw new Error('the newest template is kept until it is written');
      const metadata = { ...newest.before.metadata, annotations: { large } };
      const history = [{ ...newest, before: { ...newest.before, metadata } }, ...older];
      const data = journalData({ ...journal, history });
      expect(Buffer.byteLength(JSON.stringify(data))).toBeLessThan(256 * 1024);
      const read = readJournal(data);
      if (typeof read === 'string') throw new Error(read);
      expect(read.history.map(({ release }) => release)).toEqual(
        history.map(({ release }) => release),
      );
      journal = read;
    }
    expect(journal.history).toHaveLength(20);
    const kept = journal.history.map(({ before }) => before !== undefined);
    expect(kept[0]).toBe(kilobytes <= 100);
    // Those of older releases go first.
    expect(kept).toEqual(kept.toSorted((a, b) => Number(b) - Number(a)));
  },
);
