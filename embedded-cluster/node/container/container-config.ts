/** What a container is started with, once all is there that its spec refers to. */
import type { Image } from '../../registry/images/image.ts';
import { type PodLife, pause, RESYNC_MS, tellEvent } from '../pod/pod-life.ts';
import type { ContainerRecord } from '../pod/pod-record.ts';
import type { ContainerConfig } from '../runtime.ts';
import type { MountedVolume } from '../volumes/contents.ts';
import { ConfigMissing, environmentOf, expand } from './environment.ts';

const LOOK_AGAIN_MS = 10 * RESYNC_MS;

/** Undefined if the pod was to end before all was there. */
export async function configure(
  life: PodLife,
  container: ContainerRecord,
  volumes: readonly MountedVolume[],
  image: Image,
): Promise<ContainerConfig | undefined> {
  while (!life.ending.aborted) {
    try {
      return configOf(life, container, volumes, image);
    } catch (missing) {
      if (!(missing instanceof ConfigMissing)) throw missing;
      const { message } = missing;
      container.phase = { type: 'waiting', reason: 'CreateContainerConfigError', message };
      tellEvent(life, 'Warning', 'Failed', `Error: ${message}`, container);
      life.tell();
      await pause(life, LOOK_AGAIN_MS);
    }
  }
  return undefined;
}

function configOf(
  { kubelet, record }: PodLife,
  { spec, restartCount }: ContainerRecord,
  volumes: readonly MountedVolume[],
  image: Image,
): ContainerConfig {
  const { world, credentials, node } = kubelet;
  const { podIP } = record;
  const addresses = { hostIP: node.address, ...(podIP ? { podIP } : {}) };
  const pod = { ...record.pod, status: { ...record.pod.status, ...addresses } };
  const own = environmentOf({ world, credentials, pod }, spec);
  const variables = new Map([...Object.entries(image.env ?? {}), ...own]);
  const command = spec.command ?? image.entrypoint ?? [];
  // A command of the pod's own leaves the image's arguments behind as well.
  const args = spec.args ?? (spec.command ? [] : (image.command ?? []));
  return {
    pod,
    container: spec,
    image,
    attempt: restartCount,
    command: [...command, ...args].map((part) => expand(part, variables)),
    env: [...variables].map(([name, value]) => ({ name, value })),
    volumes,
  };
}
