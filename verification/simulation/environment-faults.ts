/** Lets happen to the world what its tale says. */
import { selects } from '../../core/kubernetes/labels.ts';
import { sleep } from '../../embedded-cluster/base/clock.ts';
import { mixedFaults } from '../../embedded-cluster/kubernetes/api/faults/faults.ts';
import { pods, services } from '../../embedded-cluster/kubernetes/collection.ts';
import type { Note } from '../invariants/notes.ts';
import type { EnvironmentFault } from '../scenarios/scenario-generator.ts';
import { autoscalerIn, LEAST_PODS } from '../world/autoscaler.ts';
import { destinationsOf } from '../world/routes.ts';
import { NAMESPACE, SERVICE, stableDeployment } from '../world/service.ts';
import { type Workload, workloadsIn } from '../world/workloads.ts';
import type { ProofWorld } from '../world/world.ts';

export interface Meddling {
  /** What an autoscaler has left the service with at the least; undefined where none came. */
  readonly scaledTo: number | undefined;
  /** Names of the pods that an autoscaler has sent away. */
  readonly dismissed: ReadonlySet<string>;
  /** Whether, and since when, no pod tells its metrics. */
  readonly metricsOutSinceMs: number | undefined;
  /** How late watches tell of pods just now. */
  readonly viewsLateMs: number;
  /** Annotations that somebody wrote and that must still be there, by object. */
  readonly notes: readonly Note[];
  /** Resolves when the last mishap is over. */
  readonly over: Promise<void>;
}

export function letHappen(world: ProofWorld, mishaps: readonly EnvironmentFault[]): Meddling {
  const meddling: Writable = {
    dismissed: new Set<string>(),
    scaledTo: undefined,
    metricsOutSinceMs: undefined,
    viewsLateMs: 0,
    notes: [],
    over: Promise.resolve(),
  };
  const { clock } = world.cluster;
  meddling.over = Promise.all(
    mishaps.map(async (mishap, at) => {
      await sleep(clock, mishap.atMs);
      const end = begin(world, mishap, at, meddling);
      await sleep(clock, mishap.forMs);
      end();
    }),
  ).then(() => undefined);
  return meddling;
}

type Writable = { -readonly [Key in keyof Meddling]: Meddling[Key] } & {
  dismissed: Set<string>;
  notes: Note[];
};

/** What a controller does at once after a write is that write's doing. */
const AT_ONCE_MS = 1_000;

/** A watch that has begun to lag does so for as long as it lasts (effects/kube/collection). */
const WATCHED_ANEW_MS = 30_000;

/** Returns how it ends. */
function begin(
  world: ProofWorld,
  mishap: EnvironmentFault,
  at: number,
  meddling: Writable,
): () => void {
  const { apiFaults } = world.cluster;
  const nothing = (): void => undefined;
  switch (mishap.kind) {
    case 'api-faults': {
      const rules = mixedFaults(mishap.share).map((rule) => apiFaults.add(rule));
      return () => rules.forEach((rule) => rule.stop());
    }
    case 'api-unanswered': {
      const fault = { type: 'unanswered', afterMs: 60_000 } as const;
      return apiFaults.add({ probability: mishap.share, fault }).stop;
    }
    case 'watches': {
      const fault = watchFault(mishap.fault);
      const rule = apiFaults.add({ verbs: ['watch'], fault });
      if (fault.type === 'watch-lagging') meddling.viewsLateMs = fault.lagMs;
      return () => {
        rule.stop();
        world.cluster.clock.after(WATCHED_ANEW_MS, () => {
          meddling.viewsLateMs = 0;
        });
      };
    }
    case 'metrics-out':
      world.application.setMetrics('out');
      meddling.metricsOutSinceMs ??= world.cluster.clock.now();
      return () => {
        if (world.scenario.application.metrics === 'none') return;
        world.application.setMetrics('told');
        meddling.metricsOutSinceMs = undefined;
      };
    case 'edit': {
      const key = `somebody.example/note-${at}`;
      annotate(world, mishap.what, key);
      meddling.notes.push({ on: mishap.what, key });
      return nothing;
    }
    case 'scale':
      scale(world, mishap.by, meddling);
      return nothing;
  }
}

function watchFault(type: 'watch-dropped' | 'watch-silent' | 'watch-lagging') {
  switch (type) {
    case 'watch-dropped':
      return { type, afterMs: 300 } as const;
    case 'watch-silent':
      return { type, afterMs: 0 } as const;
    case 'watch-lagging':
      return { type, lagMs: 4_000 } as const;
  }
}

function annotate(world: ProofWorld, on: 'service' | 'deployment', key: string): void {
  const written = <T extends { metadata: { annotations?: Record<string, string> } }>(
    object: T,
  ): T => ({
    ...object,
    metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [key]: 'x' } },
  });
  const workloads = workloadsIn(world);
  const ofServices = services(world.cluster.world);
  const service = ofServices.get(NAMESPACE, SERVICE);
  const workload = workloads.get(NAMESPACE, stableDeployment(world.scenario));
  if (on === 'service' && service) ofServices.update(written(service));
  if (on === 'deployment' && workload) workloads.update(written(workload));
}

/** As an autoscaler would: what it scales, or where there is none what serves, becomes larger or smaller. */
function scale(world: ProofWorld, by: number, meddling: Writable): void {
  const { cluster, scenario } = world;
  const { minReplicas = LEAST_PODS } = autoscalerIn(world)?.spec ?? {};
  const scaled = whatIsScaled(world);
  // What is at nothing an autoscaler leaves there.
  if (!scaled?.spec.replicas) return;
  const replicas = Math.max(minReplicas, scaled.spec.replicas + by);
  meddling.scaledTo = Math.min(replicas, meddling.scaledTo ?? scenario.replicas);
  const { version } = scaled.spec.selector.matchLabels ?? {};
  const unwatch = pods(cluster.world).watch(({ object: { metadata } }) => {
    const isTheirs =
      metadata.labels?.version === version && metadata.deletionTimestamp !== undefined;
    if (by < 0 && isTheirs) meddling.dismissed.add(metadata.name);
  });
  cluster.clock.after(AT_ONCE_MS, unwatch);
  workloadsIn(world).update({ ...scaled, spec: { ...scaled.spec, replicas } });
}

function whatIsScaled(world: ProofWorld): Workload | undefined {
  const { cluster, scenario } = world;
  const workloads = workloadsIn(world);
  const autoscaler = autoscalerIn(world);
  if (autoscaler) return workloads.get(NAMESPACE, autoscaler.spec.scaleTargetRef.name);
  const [most] = destinationsOf(cluster.world, scenario).sort((a, b) => b.weight - a.weight);
  const pod = pods(cluster.world)
    .list(NAMESPACE)
    .find(({ metadata }) => selects(most?.labels, metadata.labels));
  return workloads
    .list(NAMESPACE)
    .find(({ spec }) => pod && spec.selector.matchLabels?.version === pod.metadata.labels?.version);
}
