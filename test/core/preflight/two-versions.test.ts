// Two versions at once: whoever says that this must not be is asked first, in words.
import { describe, expect, test } from '@jest/globals';
import type { StrategyName } from '../../../core/base/vocabulary.ts';
import type { ReleaseConfig } from '../../../core/config/schema.ts';
import type { Volume } from '../../../core/kubernetes/objects.ts';
import type { Deployment } from '../../../core/kubernetes/workload-objects.ts';
import { type Claim, checkTwoVersions } from '../../../core/preflight/two-versions.ts';
import { deployment } from '../support/objects.ts';
import { settingsFor } from '../support/play.ts';

interface Case {
  readonly recreate?: boolean;
  readonly volume?: object;
  readonly modes?: string[];
  readonly strategy?: StrategyName;
  readonly replicas?: number;
  readonly config?: Partial<ReleaseConfig>;
  readonly kind?: 'StatefulSet';
}

function found(given: Case) {
  const { strategy = 'rolling', replicas = 2, config, modes } = given;
  const draft: Deployment = deployment('pay', 'v1', { app: 'pay' }, replicas);
  if (given.kind) draft.kind = given.kind;
  if (given.recreate) draft.spec.strategy = { type: 'Recreate' };
  const volume = given.volume ?? (modes && { persistentVolumeClaim: { claimName: 'data' } });
  if (volume) draft.spec.template.spec.volumes = [{ name: 'v', ...volume } as Volume];
  const claim: Claim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data' },
    spec: { accessModes: modes ?? [] },
  };
  return checkTwoVersions(draft, settingsFor(strategy, config), modes ? [claim] : undefined);
}

const ALLOWED = { workload: { allowTwoVersions: 'it locks its files' } };
const NO_SURGE = { strategy: { rolling: { maxSurge: 0, maxUnavailable: 1 } } };

const cases: [string, Case, string[]][] = [
  ['a plain Deployment', {}, []],
  ['Recreate', { recreate: true }, ['refuse']],
  ['Recreate by blue-green', { recreate: true, strategy: 'blue-green' }, ['refuse']],
  ['Recreate that is allowed in words', { recreate: true, config: ALLOWED }, ['warn']],
  ['a claim that one node may hold', { modes: ['ReadWriteOnce'] }, ['refuse']],
  [
    'a claim that one pod may hold',
    { modes: ['ReadWriteOncePod'], strategy: 'canary' },
    ['refuse'],
  ],
  ['a claim of one pod, with surge', { modes: ['ReadWriteOnce'], replicas: 1 }, ['refuse']],
  ['a claim that many may hold', { modes: ['ReadWriteMany'] }, []],
  ['a claim that many may read', { modes: ['ReadOnlyMany'] }, []],
  ['a claim that both ways may be held', { modes: ['ReadWriteOnce', 'ReadWriteMany'] }, []],
  ['both Recreate and a claim', { recreate: true, modes: ['ReadWriteOnce'] }, ['refuse', 'refuse']],
  ['a disk in the template', { volume: { gcePersistentDisk: { pdName: 'd' } } }, ['refuse']],
  ['a folder of the node', { volume: { hostPath: { path: '/data' } } }, ['warn']],
  [
    'a claim that may not be looked at',
    { volume: { persistentVolumeClaim: { claimName: 'x' } } },
    ['warn'],
  ],
  ['an empty folder of its own', { volume: { emptyDir: {} } }, []],
  [
    'one pod that goes before the next comes',
    { recreate: true, replicas: 1, config: NO_SURGE },
    [],
  ],
  ['several that go one by one', { recreate: true, replicas: 2, config: NO_SURGE }, ['refuse']],
  ['a StatefulSet, whose pods give way', { kind: 'StatefulSet', modes: ['ReadWriteOnce'] }, []],
];

describe('two versions at once', () => {
  test.each(cases)('%s', (_name, given, severities) => {
    expect(found(given).map(({ severity }) => severity)).toEqual(severities);
  });

  test('are refused with what speaks against them and the way out', () => {
    expect(found({ modes: ['ReadWriteOnce'], strategy: 'blue-green' })).toMatchObject([
      {
        check: 'two-versions',
        message:
          'deployment pay mounts PersistentVolumeClaim data (ReadWriteOnce), which one node may hold, and strategy blue-green runs two versions of it at once',
        advice: expect.stringContaining('workload.allowTwoVersions'),
      },
    ]);
  });
});
