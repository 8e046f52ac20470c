/** Brings a container's image to its node, and says in the real words why it cannot. */
import { sleep } from '../../base/clock.ts';
import type { Image } from '../../registry/images/image.ts';
import { parseImageReference } from '../../registry/images/reference.ts';
import { backOffDelays, type PodLife, pause, RESYNC_MS, tellEvent } from '../pod/pod-life.ts';
import type { ContainerRecord } from '../pod/pod-record.ts';

/** Tries until the image is there; undefined if the pod was to end before. */
export async function pullImage(
  life: PodLife,
  container: ContainerRecord,
): Promise<Image | undefined> {
  const { images, backOff } = life.kubelet;
  const reference = container.spec.image ?? '';
  let untilNextLookMs = RESYNC_MS;
  for (const delayMs of backOffDelays(backOff)) {
    if (life.ending.aborted) return undefined;
    const image = images.catalog.resolve(reference);
    if (image) return fetchImage(life, container, image);
    const problem = problemWith(reference);
    if (problem.type === 'invalid') tellInvalidName(life, container, problem.message);
    else tellFailedPull(life, container, problem.message);
    // The kubelet comes back now and then, and says each time what came of the time before.
    await pause(life, untilNextLookMs);
    untilNextLookMs = backOff.firstMs * SLOWER_THAN_BACK_OFF;
    if (life.ending.aborted) return undefined;
    if (problem.type === 'unavailable') tellBackOff(life, container, problem.message);
    await pause(life, Math.max(delayMs, untilNextLookMs));
    if (!life.ending.aborted && problem.type === 'unavailable')
      tellHeld(life, container, problem.message);
  }
}

/** How much longer than the shortest back-off the kubelet stays away from a pod with a problem. */
const SLOWER_THAN_BACK_OFF = 1.2;

async function fetchImage(life: PodLife, container: ContainerRecord, image: Image): Promise<Image> {
  const { images, world } = life.kubelet;
  const name = container.spec.image;
  const isPresent = image.pullMs === undefined || images.present.has(image.digest);
  const policy = container.spec.imagePullPolicy ?? 'IfNotPresent';
  if (isPresent && policy !== 'Always') {
    const message = `Container image "${name}" already present on machine and can be accessed by the pod`;
    tellEvent(life, 'Normal', 'Pulled', message, container);
    return image;
  }
  tellEvent(life, 'Normal', 'Pulling', `Pulling image "${name}"`, container);
  const tookMs = isPresent ? 0 : (image.pullMs ?? 0);
  await sleep(world.clock, tookMs);
  images.present.add(image.digest);
  const took = `${tookMs}ms (${tookMs}ms including waiting)`;
  const message = `Successfully pulled image "${name}" in ${took}. Image size: 0 bytes.`;
  tellEvent(life, 'Normal', 'Pulled', message, container);
  return image;
}

type Problem = { readonly type: 'invalid' | 'unavailable'; readonly message: string };

function problemWith(name: string): Problem {
  const reference = parseImageReference(name);
  if (!reference) {
    const message = `Failed to apply default image tag "${name}": couldn't parse image name "${name}": invalid reference format`;
    return { type: 'invalid', message };
  }
  const { registry, repository, tag, digest } = reference;
  const url = `https://${registry}/v2/${repository}/manifests/${digest ?? tag}`;
  // A name that the internet has promised never to give to anybody.
  const cause = registry.endsWith('.invalid')
    ? `failed to do request: Head "${url}": dial tcp: lookup ${registry} on 10.255.255.53:53: no such host`
    : `${name}: not found`;
  const message = `failed to pull and unpack image "${name}": failed to resolve reference "${name}": ${cause}`;
  return { type: 'unavailable', message };
}

function tellInvalidName(life: PodLife, container: ContainerRecord, message: string): void {
  tellEvent(life, 'Warning', 'InspectFailed', message, container);
  tellEvent(life, 'Warning', 'Failed', 'Error: InvalidImageName', container);
  container.phase = { type: 'waiting', reason: 'InvalidImageName', message };
  life.tell();
}

function tellFailedPull(life: PodLife, container: ContainerRecord, message: string): void {
  const name = container.spec.image;
  tellEvent(life, 'Normal', 'Pulling', `Pulling image "${name}"`, container);
  tellEvent(life, 'Warning', 'Failed', `Failed to pull image "${name}": ${message}`, container);
  tellEvent(life, 'Warning', 'Failed', 'Error: ErrImagePull', container);
}

function tellBackOff(life: PodLife, container: ContainerRecord, message: string): void {
  const backOff = `Back-off pulling image "${container.spec.image}"`;
  tellEvent(life, 'Normal', 'BackOff', backOff, container);
  tellEvent(life, 'Warning', 'Failed', 'Error: ImagePullBackOff', container);
  container.phase = { type: 'waiting', reason: 'ErrImagePull', message };
  life.tell();
}

function tellHeld(life: PodLife, container: ContainerRecord, cause: string): void {
  const message = `Back-off pulling image "${container.spec.image}": ErrImagePull: ${cause}`;
  container.phase = { type: 'waiting', reason: 'ImagePullBackOff', message };
  life.tell();
}
