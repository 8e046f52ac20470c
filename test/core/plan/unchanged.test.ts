// The same image again: skipped, unless new pods are asked for; and whoever is told so is told of new config.
import { describe, expect, test } from '@jest/globals';
import { releaseId, type StrategyName } from '../../../core/base/vocabulary.ts';
import { changedSince, missingText, unchangedText } from '../../../core/cluster/config-change.ts';
import type { Settings } from '../../../core/config/settings.ts';
import { planRevision } from '../../../core/journal/rollback.ts';
import type { ConfigMap, PodSpec } from '../../../core/kubernetes/objects.ts';
import { referencesOf } from '../../../core/kubernetes/pods/references.ts';
import { planRelease } from '../../../core/plan/planning.ts';
import { APP, deployment, pod, REPOSITORY, service } from '../support/objects.ts';
import { inputFor, planFor, settingsFor } from '../support/play.ts';
import { toyCluster } from '../support/toy-cluster.ts';

const LABELS = { app: APP, version: 'blue' };
const STARTED = 'release.zero-downtime.dev/started-for';

function planned(strategy: StrategyName, whenUnchanged: Settings['whenUnchanged']) {
  const cluster = toyCluster([deployment(`${APP}-blue`, 'v1', LABELS)], service(LABELS));
  const settings = { ...settingsFor(strategy), whenUnchanged: whenUnchanged ?? 'skip' };
  return { cluster, input: inputFor(cluster, settings, 'none', 'v1', releaseId('again')) };
}

describe('the image that runs already', () => {
  test('is skipped by default', () => {
    expect(planRelease(planned('blue-green', 'skip').input).kind).toBe('unchanged');
  });

  test.each(['rolling', 'blue-green', 'canary'] as const)(
    'is released in new pods by %s',
    (strategy) => {
      const result = planRelease(planned(strategy, 'release').input);
      if (result.kind !== 'planned') throw new Error(result.kind);
      const { plan } = result;
      const template = plan.strategy === 'rolling' ? plan.template : plan.candidate.template;
      expect(template?.metadata?.annotations).toEqual({ [STARTED]: 'again' });
      expect(template?.spec.containers[0]?.image).toBe(`${REPOSITORY}:v1`);
      expect(plan.image.reference).toBe(plan.previousImage);
    },
  );

  test('is what a rollback of such a release starts anew once more', () => {
    const { input } = planned('blue-green', 'skip');
    const image = { reference: `${REPOSITORY}:v1`, tag: 'v1', digest: undefined };
    const template = input.subject.deployment.spec.template;
    const revision = { image, template, strategy: 'blue-green', origin: 'o' } as const;
    const same = planRevision(input, { ...revision, instead: image.reference });
    expect(same.kind).toBe('planned');
    expect(planRevision(input, { ...revision, instead: undefined }).kind).toBe('unchanged');
  });

  test('plans of another image are as they were', () => {
    const { cluster } = planned('rolling', 'release');
    const plan = planFor(
      cluster,
      { ...settingsFor('rolling'), whenUnchanged: 'release' },
      'none',
      'v2',
    );
    expect(plan.strategy === 'rolling' && plan.template).toBeUndefined();
  });
});

const SPEC: PodSpec = {
  serviceAccountName: 'runner',
  imagePullSecrets: [{ name: 'pull' }],
  initContainers: [{ name: 'i', envFrom: [{ configMapRef: { name: 'in-init' } }] }],
  containers: [
    {
      name: 'c',
      env: [
        { name: 'A', valueFrom: { configMapKeyRef: { name: 'in-env' } } },
        { name: 'B', valueFrom: { secretKeyRef: { name: 'key' } } },
        { name: 'C', valueFrom: { configMapKeyRef: { name: 'maybe', optional: true } } },
      ],
      envFrom: [{ configMapRef: { name: 'in-env' } }],
    },
  ],
  volumes: [
    { name: 'a', configMap: { name: 'in-volume' } },
    { name: 'b', secret: { secretName: 'files' } },
    { name: 'c', persistentVolumeClaim: { claimName: 'data' } },
    {
      name: 'd',
      projected: {
        sources: [{ configMap: { name: 'projected' } }, { secret: { name: 'hidden' } }],
      },
    },
  ],
};

describe('what pods are started with', () => {
  test('is every object that they name and cannot do without, once', () => {
    const found = referencesOf(SPEC).map(({ kind, name }) => `${kind}/${name}`);
    expect(found.sort()).toEqual([
      'ConfigMap/in-env',
      'ConfigMap/in-init',
      'ConfigMap/in-volume',
      'ConfigMap/projected',
      'PersistentVolumeClaim/data',
      'Secret/files',
      'Secret/hidden',
      'Secret/key',
      'Secret/pull',
      'ServiceAccount/runner',
    ]);
  });

  const written = (name: string, ...times: string[]): ConfigMap => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name,
      creationTimestamp: '2026-01-01T00:00:00Z',
      managedFields: times.map((time) => ({ manager: 'm', time })),
    },
  });
  const madeAt = (creationTimestamp: string) => {
    const one = pod('p', LABELS, 'i');
    return { ...one, metadata: { ...one.metadata, creationTimestamp } };
  };
  const pods = [madeAt('2026-01-03T00:00:00Z'), madeAt('2026-01-02T00:00:00Z')];

  test('has changed where it was written after the first of them was made', () => {
    const maps = [
      written('old', '2026-01-01T12:00:00Z'),
      written('new', '2026-01-01T12:00:00Z', '2026-01-02T12:00:00Z'),
      written('never'),
    ];
    expect(changedSince(pods, maps)).toEqual(['new']);
    expect(changedSince([], maps)).toEqual([]);
  });

  test('is told with the way to new pods, and what was not looked at', () => {
    expect(unchangedText('it runs', [], ['s'])).toBe('it runs');
    expect(unchangedText('it runs', ['settings'], ['s'])).toBe(
      'it runs, but ConfigMap settings changed after its pods started (Secrets are not looked at: s): the param when-unchanged: release starts new pods with it',
    );
  });

  test('and is gone is told before a rollback begins', () => {
    const missing = [{ kind: 'ConfigMap', name: 'settings-v1' }] as const;
    expect(missingText('pay:v1', 'shop', missing)).toBe(
      'the pods of pay:v1 cannot start: ConfigMap settings-v1 is gone from namespace shop. Make them again as they were, or name another version',
    );
  });
});
