/** A pod from the moment its node accepts it until nothing of it is left there. */
import { sleep } from '../base/clock.ts';
import { pods } from '../kubernetes/collection.ts';
import type { Pod } from '../kubernetes/shapes.ts';
import type { AddressPool } from '../network/address-pool.ts';
import { liveContainer } from './container/container-life.ts';
import { createGrace, type Grace, stopContainer } from './container/stop-container.ts';
import { backOffDelays, type Kubelet, type PodLife, pause, tellEvent } from './pod/pod-life.ts';
import {
  type ContainerRecord,
  containersOf,
  type PodEnd,
  type PodRecord,
  recordOf,
} from './pod/pod-record.ts';
import { LOST, podStatus } from './pod/pod-status.ts';
import type { Sandbox } from './runtime.ts';
import type { MountedVolume } from './volumes/contents.ts';
import { planVolumes, VolumeMissing } from './volumes/plan.ts';

export interface PodWorker {
  /** The pod as the API has it now; a deletion of it ends it here too. */
  update(pod: Pod): void;
  /** Ends the pod; the first cause is what its status will tell. */
  end(graceMs: number, cause?: PodEnd): void;
  /** Resolves when nothing of the pod is left on the node. */
  readonly over: Promise<void>;
}

/** How long it takes to clear away a pod's network and folders. */
const CLEANUP_MS = 50;
const MOUNT_BACK_OFF = { firstMs: 500, lastMs: 122_000 };
const DEADLINE = {
  phase: 'Failed',
  reason: 'DeadlineExceeded',
  message: 'Pod was active on the node longer than the specified deadline',
} as const;

export function startPodWorker(kubelet: Kubelet, pod: Pod, addresses: AddressPool): PodWorker {
  const { world, node } = kubelet;
  const record = recordOf(pod, world.clock.now());
  const ending = new AbortController();
  let grace: Grace | undefined;

  const tell = (): void => {
    const { namespace, name, uid } = record.pod.metadata;
    const current = pods(world).get(namespace, name);
    if (current?.metadata.uid !== uid) return;
    record.pod = { ...record.pod, status: current.status ?? {} };
    const status = podStatus(record, node.address, world.clock.now());
    pods(world).updateStatus({ ...current, status });
  };
  const life: PodLife = { kubelet, record, ending: ending.signal, tell };

  const end: PodWorker['end'] = (graceMs, cause) => {
    record.end ??= cause;
    if (grace) {
      grace.shortenTo(graceMs);
      return;
    }
    grace = createGrace(world.clock, graceMs);
    ending.abort();
    for (const container of record.containers) void stopContainer(life, container, grace);
  };

  const { activeDeadlineSeconds, terminationGracePeriodSeconds = 30 } = pod.spec;
  const deadline =
    activeDeadlineSeconds === undefined
      ? undefined
      : world.clock.after(activeDeadlineSeconds * 1000, () => {
          tellEvent(life, 'Normal', DEADLINE.reason, DEADLINE.message);
          end(terminationGracePeriodSeconds * 1000, DEADLINE);
        });

  return {
    update: (current) => {
      record.pod = current;
      if (current.spec.readinessGates && record.stage === 'living') tell();
      const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = current.metadata;
      if (!deletionTimestamp) return;
      tell();
      end(deletionGracePeriodSeconds * 1000);
    },
    end,
    over: live(life, addresses).finally(() => deadline?.cancel()),
  };
}

async function live(life: PodLife, addresses: AddressPool): Promise<void> {
  const { kubelet, record } = life;
  life.tell();
  const volumes = await mountVolumes(life);
  const address = addresses.allocate();
  if (volumes && !life.ending.aborted) {
    const sandbox = await kubelet.runtime.createSandbox(record.pod, address);
    record.sandbox = 'ready';
    life.tell();
    record.podIP = address;
    await runContainers(life, { sandbox, volumes });
    if (!life.ending.aborted) {
      record.stage = 'done';
      life.tell();
    }
    await sandbox.remove();
  }
  addresses.release(address);
  if (life.ending.aborted) settleContainers(record, kubelet.world.clock.now());
  else await sleep(kubelet.world.clock, CLEANUP_MS);
  record.sandbox = 'removed';
  record.stage = 'over';
  life.tell();
  await sleep(kubelet.world.clock, CLEANUP_MS);
  forget(life);
}

/** What neither runs nor ever will is told as ended. */
function settleContainers(record: PodRecord, nowMs: number): void {
  for (const container of record.containers) {
    if (container.phase.type === 'terminated') continue;
    container.phase = container.lastTermination
      ? { type: 'terminated', ...container.lastTermination }
      : {
          type: 'terminated',
          containerID: undefined,
          exitCode: 137,
          reason: LOST,
          message: 'The container could not be located when the pod was terminated',
          startedAtMs: nowMs,
          finishedAtMs: nowMs,
        };
  }
}

/** A deleted pod is in the API until its node says that nothing of it is left. */
function forget({ kubelet, record }: PodLife): void {
  const { namespace, name, uid } = record.pod.metadata;
  const current = pods(kubelet.world).get(namespace, name);
  if (current?.metadata.uid !== uid || !current.metadata.deletionTimestamp) return;
  pods(kubelet.world).delete(namespace, name, { gracePeriodSeconds: 0, preconditions: { uid } });
}

/** What the pod's volumes hold, once all of it is there; undefined if the pod was to end before. */
async function mountVolumes(life: PodLife): Promise<MountedVolume[] | undefined> {
  const { world, credentials } = life.kubelet;
  for (const delayMs of backOffDelays(MOUNT_BACK_OFF)) {
    if (life.ending.aborted) return undefined;
    try {
      return planVolumes({ world, credentials, pod: life.record.pod });
    } catch (missing) {
      if (!(missing instanceof VolumeMissing)) throw missing;
      tellEvent(life, 'Warning', 'FailedMount', missing.message);
      await pause(life, delayMs);
    }
  }
}

async function runContainers(
  life: PodLife,
  place: { sandbox: Sandbox; volumes: readonly MountedVolume[] },
): Promise<void> {
  const { record } = life;
  for (const container of containersOf(record, 'init')) {
    await liveContainer(life, container, place);
    if (life.ending.aborted || !hasSucceeded(container)) break;
  }
  if (containersOf(record, 'init').every(hasSucceeded) && !life.ending.aborted) {
    const apps = containersOf(record, 'app');
    await Promise.all(apps.map((container) => liveContainer(life, container, place)));
  }
}

function hasSucceeded({ phase }: ContainerRecord): boolean {
  return phase.type === 'terminated' && phase.exitCode === 0;
}
