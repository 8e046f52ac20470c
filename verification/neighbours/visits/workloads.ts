/** Who changes the workloads of a release in its midst: by hand, by Helm, by a reloader. */
import { pods } from '../../../embedded-cluster/kubernetes/collection.ts';
import { NEXT_TAG } from '../../world/application/versions.ts';
import type { Scenario } from '../../world/scenario.ts';
import { NAMESPACE, REPOSITORY, SERVICE, stableDeployment } from '../../world/service.ts';
import { workloadsIn } from '../../world/workloads.ts';
import type { ProofWorld } from '../../world/world.ts';
import { handOf, type Place } from '../hand.ts';
import { type Neighbour, type Site, whileStableLives } from '../visit.ts';
import { breaksUnseen } from './unseen.ts';

/** Of pods of a quarter, rounded down, as a Deployment has it by default. */
const MISSING_SHARE = 0.25;
/** What controllers do after a deed like that they have done by then. */
const TAKEN_WITHIN_MS = 1_000;
/** A rollout of somebody else's is over by then. */
const ROLLS_MS = 120_000;

/** What the first release makes where it makes anything. */
const CANDIDATE = `${SERVICE}-green`;

function placeOf({ shape }: Scenario): Place {
  return shape === 'stateful-set' ? 'statefulSet' : 'deployment';
}

/**
 * Where a Service is narrowed to a template hash, pods leave it one by one as the rollout goes on: a
 * release has to have led it elsewhere before the last is gone.
 */
function missingOf(scenario: Scenario, replicas: number): number {
  if (scenario.shape === 'stateful-set') return 1;
  if (isNarrowed(scenario)) return replicas - 1;
  return Math.floor(replicas * MISSING_SHARE);
}

function isNarrowed({ shape, strategy }: Scenario): boolean {
  return shape === 'plain' && strategy !== 'rolling';
}

/** Somebody's own rollout ends pods of that workload, and may have some of them missing. */
function rolls({ world, deeds }: Site, name: string): void {
  const { scenario } = world;
  const { replicas = 1 } = workloadsIn(world).get(NAMESPACE, name)?.spec ?? {};
  deeds.missing = Math.max(deeds.missing, missingOf(scenario, replicas));
  if (isNarrowed(scenario)) deeds.missingUnseen = 1;
  // By its own name, which the names of its pods begin with.
  noteEnds(world, (pod) => pod.startsWith(`${name}-`), deeds.ended);
}

function takesAway({ world, deeds }: Site, prefix: string): void {
  deeds.takenAway.add(prefix);
  deeds.tookAwayAtMs = world.cluster.clock.now();
  world.cluster.clock.after(TAKEN_WITHIN_MS, () => deeds.takenAway.delete(prefix));
  noteEnds(world, (pod) => pod.startsWith(prefix), deeds.ended);
}

function noteEnds({ cluster }: ProofWorld, isTheirs: (pod: string) => boolean, ended: Set<string>) {
  const unwatch = pods(cluster.world).watch(({ object: { metadata } }) => {
    if (metadata.deletionTimestamp !== undefined && isTheirs(metadata.name))
      ended.add(metadata.name);
  });
  cluster.clock.after(ROLLS_MS, unwatch);
}

/** A pod that somebody's rollout brings takes a moment to start: a real cluster took four seconds. */
const STARTS_MS = 1_000;
const startsInTime = (scenario: Scenario): Scenario => ({
  ...scenario,
  network: { ...scenario.network, sandboxMs: Math.max(scenario.network.sandboxMs, STARTS_MS) },
});

/** `kubectl rollout restart`, a reloader, or `kubectl edit`: the stable's template changes, not its image. */
export const restart: Neighbour = {
  kind: '3',
  variants: () => ['rollout-restart', 'edit'],
  bend: startsInTime,
  moment: whileStableLives,
  act: (site, variant) => {
    const { world } = site;
    const name = stableDeployment(world.scenario);
    rolls(site, name);
    breaksUnseen(site, 'restart', ROLLS_MS);
    const isRestart = variant === 'rollout-restart';
    const restartedAt = '2026-01-01T00:00:00Z';
    handOf(site, isRestart ? 'kubectl-rollout' : 'kubectl-edit').patch(
      placeOf(world.scenario),
      name,
      {
        spec: {
          template: isRestart
            ? { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': restartedAt } } }
            : { spec: { containers: [{ name: 'app', env: [{ name: 'EDITED', value: 'yes' }] }] } },
        },
      },
    );
  },
};

/** `kubectl set image`, Helm or an image updater: another version, past the release. */
export const setImage: Neighbour = {
  kind: '3',
  variants: ({ strategy }) => (strategy === 'rolling' ? ['stable'] : ['stable', 'candidate']),
  bend: startsInTime,
  moment: whileStableLives,
  act: (site, variant) => {
    const { world, deeds } = site;
    const name = variant === 'candidate' ? CANDIDATE : stableDeployment(world.scenario);
    rolls(site, name);
    breaksUnseen(site, 'set-image', ROLLS_MS);
    deeds.images.add(`${REPOSITORY}:${NEXT_TAG}`);
    handOf(site, 'kubectl-set').patch(placeOf(world.scenario), name, {
      spec: {
        template: { spec: { containers: [{ name: 'app', image: `${REPOSITORY}:${NEXT_TAG}` }] } },
      },
    });
  },
};

const twoSided = ({ strategy }: Scenario): boolean => strategy !== 'rolling';

/** The candidate is scaled to nothing by hand. */
export const scaledToZero: Neighbour = {
  kind: '3',
  variants: (scenario) => (twoSided(scenario) ? ['candidate'] : []),
  moment: whileStableLives,
  act: (site) => {
    takesAway(site, `${CANDIDATE}-`);
    handOf(site, 'kubectl-scale').merge('deployment', CANDIDATE, { spec: { replicas: 0 } });
    site.deeds.breaksRoute('scaled-to-zero');
  },
};

/** The candidate's Deployment is deleted by hand. */
export const candidateDeleted: Neighbour = {
  kind: '3',
  variants: (scenario) => (twoSided(scenario) ? ['candidate'] : []),
  moment: whileStableLives,
  act: (site) => {
    takesAway(site, `${CANDIDATE}-`);
    handOf(site, 'kubectl-delete').delete('deployment', CANDIDATE);
    site.deeds.breaksRoute('candidate-deleted');
  },
};
