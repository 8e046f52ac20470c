// A journal stays small, however large the pod templates are, and loses nothing that is needed to go back.
import { describe, expect, test } from '@jest/globals';
import type { StrategyName } from '../../../core/base/vocabulary.ts';
import { instant, releaseId } from '../../../core/base/vocabulary.ts';
import {
  EMPTY_JOURNAL,
  type Journal,
  journalData,
  type ReleaseRecord,
  withTransition,
} from '../../../core/journal/journal.ts';
import { isCompacted, restored } from '../../../core/journal/left-out.ts';
import { readJournal } from '../../../core/journal/read-journal.ts';
import type { PodTemplate } from '../../../core/kubernetes/objects.ts';
import type { ReplicaSet, StatefulSet } from '../../../core/kubernetes/workload-objects.ts';
import type { Plan } from '../../../core/plan/plan.ts';
import { statefulSetSnapshot } from '../../../core/plan/rolling/stateful-set.ts';
import { APP, deployment, service } from '../support/objects.ts';
import { planFor, play, settingsFor } from '../support/play.ts';
import { toyCluster } from '../support/toy-cluster.ts';

const BLUE = { app: APP, version: 'blue' };
const AT = instant(Date.UTC(2026, 0, 1));

function large(template: PodTemplate, kib: number): PodTemplate {
  const env = [{ name: 'BIG', value: 'x'.repeat(kib * 1024) }];
  const containers = template.spec.containers.map((container) => ({ ...container, env }));
  return { ...template, spec: { ...template.spec, containers } };
}

function grown(plan: Plan, kib: number): Plan {
  if (plan.strategy === 'rolling') {
    const { workload } = plan;
    return { ...plan, workload: { ...workload, template: large(workload.template, kib) } };
  }
  const { stable, candidate } = plan;
  return {
    ...plan,
    stable: { ...stable, template: large(stable.template, kib) },
    candidate: { ...candidate, template: large(candidate.template, kib) },
  };
}

function released(strategy: StrategyName, kib: number) {
  const cluster = toyCluster([deployment(`${APP}-blue`, 'v1', BLUE)], service(BLUE));
  const small = planFor(cluster, settingsFor(strategy));
  const { state } = play(cluster, small, { until: 'monitoring' });
  const plan = grown(small, kib);
  return { plan, journal: withTransition(EMPTY_JOURNAL, plan, state, [], AT) };
}

function replicaSet(owner: string, template: PodTemplate, hash: string): ReplicaSet {
  const labels = { ...template.metadata?.labels, 'pod-template-hash': hash };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${owner}-${hash}`,
      ownerReferences: [{ kind: 'Deployment', name: owner, uid: 'u', controller: true }],
    },
    spec: {
      selector: { matchLabels: labels },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}

/** The ReplicaSets that a cluster would have of the plan's pods. */
function replicaSetsOf(plan: Plan): ReplicaSet[] {
  if (plan.strategy === 'rolling') {
    return [replicaSet(plan.workload.name, plan.workload.template, 'a')];
  }
  return [
    replicaSet(plan.stable.name, plan.stable.template, 'a'),
    replicaSet(plan.candidate.name, plan.candidate.template, 'b'),
  ];
}

function stored(journal: Journal): { readonly text: string; readonly plan: Plan } {
  const data = journalData(journal);
  const read = readJournal(data);
  if (typeof read === 'string' || !read.current) throw new Error(String(read));
  return { text: JSON.stringify(data), plan: read.current.plan };
}

describe.each(['rolling', 'blue-green', 'canary'] as const)(
  'the journal of a %s release',
  (strategy) => {
    test.each([1, 20])('keeps templates of %i KiB as they are', (kib) => {
      const { journal, plan } = released(strategy, kib);
      expect(stored(journal).plan).toEqual(JSON.parse(JSON.stringify(plan)));
    });

    test.each([120, 500])('of %i KiB is stored in less than 256 KiB, and is whole again', (kib) => {
      const { journal, plan } = released(strategy, kib);
      const { text, plan: read } = stored(journal);
      expect(text.length).toBeLessThan(256 * 1024);
      expect(restored(read, replicaSetsOf(plan))).toEqual(JSON.parse(JSON.stringify(plan)));
    });

    test('says which template is gone', () => {
      const { journal } = released(strategy, 500);
      expect(restored(stored(journal).plan, [])).toMatch(
        /^the pod template of Deployment payment-service-blue \(.*\) was too large for the journal, and no ReplicaSet has it/,
      );
    });
  },
);

test('bytes are what counts, and not characters', () => {
  const { journal } = released('blue-green', 100);
  const text = JSON.stringify(journal).replaceAll('x'.repeat(1024), 'ж'.repeat(1024));
  const data = journalData(JSON.parse(text) as Journal); // as it was, in other letters
  expect(Buffer.byteLength(JSON.stringify(data))).toBeLessThan(256 * 1024);
});

test('records that are large themselves go, the oldest first, and the newest stays', () => {
  const { journal } = released('blue-green', 1);
  const record = (nth: number): ReleaseRecord => ({
    release: releaseId(`r${nth}`),
    strategy: 'blue-green',
    outcome: 'failed',
    cause: 'x'.repeat(30_000),
    from: 'v1',
    to: 'v2',
    startedAt: AT,
    endedAt: AT,
    evidence: {},
  });
  const history = Array.from({ length: 20 }, (_, nth) => record(nth));
  const data = journalData({ ...journal, history });
  expect(Buffer.byteLength(JSON.stringify(data))).toBeLessThan(256 * 1024);
  const read = readJournal(data);
  if (typeof read === 'string') throw new Error(read);
  expect(read.history.length).toBeGreaterThan(3);
  expect(read.history.map(({ release }) => release)).toEqual(
    history.slice(0, read.history.length).map(({ release }) => release),
  );
});

test('a StatefulSet whose pods no journal has room for is refused: nothing else keeps them', () => {
  const [{ spec }] = [deployment(`${APP}-blue`, 'v1', BLUE)];
  const statefulSet = (kib: number): StatefulSet => ({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'ledger' },
    spec: { replicas: 3, selector: spec.selector, template: large(spec.template, kib) },
  });
  expect(typeof statefulSetSnapshot(statefulSet(20))).toBe('object');
  expect(statefulSetSnapshot(statefulSet(100))).toMatch(
    /^the pod template of StatefulSet ledger is larger than 60 kB/,
  );
});

test('a ReplicaSet of somebody else is not taken for it, whatever it runs', () => {
  const { journal, plan } = released('rolling', 500);
  const { plan: read } = stored(journal);
  const [own] = replicaSetsOf(plan);
  if (!own) throw new Error('no ReplicaSet');
  expect(typeof restored(read, [replicaSet('ledger', own.spec.template, 'a')])).toBe('string');
});

test('a candidate that was never made is missed only by who wants to make it', () => {
  const { journal, plan } = released('blue-green', 500);
  const { plan: read } = stored(journal);
  const whole = restored(read, replicaSetsOf(plan).slice(0, 1));
  expect(typeof whole === 'string' ? whole : isCompacted(whole)).toBe(true);
});
