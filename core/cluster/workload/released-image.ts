/** Puts the candidate's image into a pod: into the container that is released, and its init containers. */
import type { Container, PodSpec } from '../../kubernetes/objects.ts';
import type { PatchOperation } from '../action.ts';

/**
 * An init container of the released image is the same build, such as one that migrates a schema:
 * released alone, the pod would be of two versions. A sidecar keeps its own, a native one too.
 */
function releasedInits(spec: PodSpec, container: string): readonly number[] {
  const image = spec.containers.find(({ name }) => name === container)?.image;
  return (spec.initContainers ?? []).flatMap((each, index) =>
    image !== undefined && each.image === image && each.restartPolicy !== 'Always' ? [index] : [],
  );
}

export function withImage(spec: PodSpec, container: string, reference: string): PodSpec {
  const inits = releasedInits(spec, container);
  const released = (each: Container): Container => ({ ...each, image: reference });
  const { initContainers } = spec;
  return {
    ...spec,
    ...(initContainers && {
      initContainers: initContainers.map((each, index) =>
        inits.includes(index) ? released(each) : each,
      ),
    }),
    containers: spec.containers.map((each) => (each.name === container ? released(each) : each)),
  };
}

/** The same as changes of a Deployment's template. */
export function initImages(spec: PodSpec, container: string, reference: string): PatchOperation[] {
  return releasedInits(spec, container).map((index) => ({
    op: 'replace',
    path: `/spec/template/spec/initContainers/${index}/image`,
    value: reference,
  }));
}
