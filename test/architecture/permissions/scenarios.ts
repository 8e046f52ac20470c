// What can come of a release, each once: together they make use of every right that a stage has.
import { LEASES } from '../../../embedded-cluster/kubernetes/kinds/core/coordination.ts';
import { inlinedPipeline } from '../../e2e/support/inlined.ts';
import { reached } from '../../e2e/support/left.ts';
import { killDeploy, OWN_ACCOUNTS, patchSpec, runEnded, submitRun } from '../../e2e/support/run.ts';
import { startService, startStatefulSet } from '../../e2e/support/service.ts';
import type { E2eWorld } from '../../e2e/support/world.ts';
import { migrated, migratedBadly, stoppedWhileMigrating } from './migrated.ts';
import {
  firstByOperator,
  operated,
  setByOperator,
  throughGateways,
  throughMesh,
} from './operated.ts';
import { outcomeOf } from './outcomes.ts';
import {
  addVirtualService,
  CONFIG,
  PROBED,
  replacedFirst,
  SLOW,
  throughIstio,
} from './services.ts';

const PATCHED = [
  'deployments',
  'statefulsets',
  'services',
  'horizontalpodautoscalers',
  'virtualservices',
  'destinationrules',
  'httproutes',
  'grpcroutes',
] as const;

/** A process that is killed over a conflict looks at nothing any more; the next one does. */
const CONFLICTS = 3;

/** Somebody else writes at the same moment, for each kind of object that a stage patches. */
export function addOtherWriters({ cluster }: E2eWorld): void {
  for (const stage of ['deploy', 'conclude', 'operate', 'recover']) {
    for (const resource of PATCHED) {
      cluster.apiFaults.add({
        users: [`system:serviceaccount:default:zero-downtime-${stage}`],
        verbs: ['patch'],
        resources: [resource],
        times: CONFLICTS,
        fault: { type: 'refused', reason: 'Conflict' },
      });
    }
  }
}

/** Somebody is told, in vain: the run has no secrets. That is marked as well. */
const TOLD = `${CONFIG}notifications: [{type: webhook, urlFile: hook}]\n`;

/** Brings a service into being, releases it, and returns what came of it. */
type Scenario = (world: E2eWorld) => Promise<string>;

export const SCENARIOS: Readonly<
  Record<string, { readonly play: Scenario; readonly outcome: string }>
> = {
  'a rolling release whose pods have the accounts of their stages': {
    play: released('rolling', 'v1.2.0', OWN_ACCOUNTS),
    outcome: 'promoted',
  },
  'a blue-green release whose Tasks are inlined': { play: inlined, outcome: 'promoted' },
  'a rolling release that never becomes ready': {
    play: released('rolling', 'v1.2.0-never-ready'),
    outcome: 'rolled-back',
  },
  'a blue-green release that never becomes ready': {
    play: released('blue-green', 'v1.2.0-never-ready', {}, TOLD),
    outcome: 'rolled-back',
  },
  'a release that is scanned, by the account of its stage': {
    play: scanned('scanned-own', OWN_ACCOUNTS),
    outcome: 'promoted',
  },
  'two releases that are scanned, one after the other': {
    play: scanned('scanned', {}, ['v1.2.0', 'v1.1.0']),
    outcome: 'promoted',
  },
  'a release that pre-validation does not let begin': {
    play: refused,
    outcome: 'unchanged, bad-input',
  },
  'a rolling release that waits for its turn': { play: inTurn, outcome: 'promoted' },
  'a release whose database is migrated first': {
    play: migrated(OWN_ACCOUNTS),
    outcome: 'promoted',
  },
  'a release whose migration fails': { play: migratedBadly, outcome: 'unchanged' },
  'a release that is cancelled while its database is migrated': {
    play: stoppedWhileMigrating,
    outcome: 'unchanged',
  },
  'a release that is cancelled': { play: cancelled, outcome: 'rolled-back' },
  'a release through istio whose process is killed, and whose Lease is deleted': {
    play: killed,
    outcome: 'rolled-back',
  },
  'a StatefulSet whose release dies while a pod is never ready': {
    play: deadStatefulSet,
    outcome: 'rolled-back',
  },
  'a canary through istio, gone back from by an operator': {
    play: throughMesh,
    outcome: 'promoted, promoted',
  },
  'a canary through istio that never becomes ready': { play: neverRouted, outcome: 'rolled-back' },
  'a blue-green release through a gateway, gone back from by an operator': {
    play: throughGateways,
    outcome: 'promoted, promoted',
  },
  'a deploy Task by itself, paused and promoted by an operator': {
    play: operated,
    outcome: 'Succeeded',
  },
  'a first release by an operator, which never becomes ready': {
    play: firstByOperator,
    outcome: 'rolled-back',
  },
  'a StatefulSet that an operator gives a version that is never ready': {
    play: setByOperator,
    outcome: 'rolled-back',
  },
};

function released(
  strategy: string,
  tag = 'v1.2.0',
  spec: Readonly<Record<string, unknown>> = {},
  config = CONFIG,
): Scenario {
  const name = `${strategy}-${tag.replaceAll('.', '')}`;
  return async (world) => {
    await startService(world, { name, config });
    submitRun(world, { name: `${name}-1`, service: name, tag, strategy, spec });
    return outcomeOf(world, `${name}-1`);
  };
}

/** That is no tag: pre-validation says no, and conclude asks it why. */
async function refused(world: E2eWorld): Promise<string> {
  const name = 'refused';
  await startService(world, { name, config: CONFIG });
  submitRun(world, { name: `${name}-1`, service: name, tag: '-none' });
  const { results } = await runEnded(world, `${name}-1`);
  return `${results.outcome}, ${results.code}`;
}

async function inTurn(world: E2eWorld): Promise<string> {
  const name = 'in-turn';
  await startService(world, { name, config: CONFIG });
  const given = {
    'service-name': name,
    'image-tag': 'v1.2.0',
    namespace: 'default',
    concurrency: 'queue',
  };
  const params = Object.entries(given).map(([key, value]) => ({ name: key, value }));
  submitRun(world, { name: `${name}-1`, service: name, spec: { params } });
  return outcomeOf(world, `${name}-1`);
}

/** Everything that can be asked of pods and image without a report; nothing of it blocks here. */
const SECURED = `${CONFIG}security: {podSecurity: {level: privileged, failOn: critical}, networkPolicies: warn}
`;

/** The first section of a service is created with the journal, the next is applied to it. */
function scanned(
  name: string,
  spec: Readonly<Record<string, unknown>> = {},
  tags: readonly string[] = ['v1.2.0'],
): Scenario {
  return async (world) => {
    await startService(world, { name, config: SECURED });
    const outcomes: string[] = [];
    for (const [at, tag] of tags.entries()) {
      const run = `${name}-${at + 1}`;
      const given = {
        'service-name': name,
        'image-tag': tag,
        namespace: 'default',
        'security-scan': 'run',
      };
      const params = Object.entries(given).map(([key, value]) => ({ name: key, value }));
      submitRun(world, { name: run, service: name, spec: { ...spec, params } });
      outcomes.push(await outcomeOf(world, run));
    }
    return [...new Set(outcomes)].join();
  };
}

async function inlined(world: E2eWorld): Promise<string> {
  const name = 'inlined';
  await startService(world, { name, config: PROBED });
  const spec = { pipelineSpec: inlinedPipeline() };
  submitRun(world, { name: `${name}-1`, service: name, spec });
  return outcomeOf(world, `${name}-1`);
}

async function cancelled(world: E2eWorld): Promise<string> {
  const name = 'cancelled';
  await startService(world, { name, config: SLOW });
  submitRun(world, { name: `${name}-1`, service: name });
  await reached(world, name, 'monitoring');
  patchSpec(world, `${name}-1`, 'CancelledRunFinally');
  return outcomeOf(world, `${name}-1`);
}

async function killed(world: E2eWorld): Promise<string> {
  const name = 'killed';
  addVirtualService(world, name);
  await startService(world, { name, config: throughIstio(SLOW) });
  submitRun(world, { name: `${name}-1`, service: name });
  await reached(world, name, 'monitoring');
  killDeploy(`${name}-1-`);
  world.cluster.world.objects.delete(LEASES, 'default', `${name}-release`);
  return outcomeOf(world, `${name}-1`);
}

async function deadStatefulSet(world: E2eWorld): Promise<string> {
  const name = 'ledger';
  await startStatefulSet(world, { name, config: CONFIG });
  submitRun(world, {
    name: `${name}-1`,
    service: name,
    tag: 'v1.2.0-never-ready',
    strategy: 'rolling',
  });
  await replacedFirst(world, name);
  killDeploy(`${name}-1`);
  return outcomeOf(world, `${name}-1`);
}

async function neverRouted(world: E2eWorld): Promise<string> {
  const name = 'unrouted';
  addVirtualService(world, name);
  await startService(world, { name, config: throughIstio(CONFIG) });
  const tag = 'v1.2.0-never-ready';
  submitRun(world, { name: `${name}-1`, service: name, tag, strategy: 'canary' });
  return outcomeOf(world, `${name}-1`);
}
