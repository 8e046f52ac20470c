/** The workload whose pods would run the image: the same that a release would choose. */
import { parseImage } from '../../core/base/image.ts';
import { findSubject, type Subject } from '../../core/cluster/subject.ts';
import type { Settings } from '../../core/config/settings.ts';
import type { Service } from '../../core/kubernetes/network-objects.ts';
import type { Deployment, StatefulSet } from '../../core/kubernetes/workload-objects.ts';
import { BadInput } from '../../effects/base/failure.ts';
import type { Kube } from '../../effects/kube/client.ts';

/** Throws BadInput where there is none, or several. */
export async function subjectIn(
  kube: Kube,
  service: string,
  namespace: string,
  { workload }: Settings,
): Promise<Subject> {
  const [services, deployments, statefulSets] = await Promise.all([
    kube.list<Service>({ kind: 'v1/Service', namespace }),
    kube.list<Deployment>({ kind: 'apps/v1/Deployment', namespace }),
    kube.list<StatefulSet>({ kind: 'apps/v1/StatefulSet', namespace }),
  ]);
  const own = services.items.find(({ metadata }) => metadata.name === service);
  // The objects of a list come without their type.
  const typed = statefulSets.items.map((each) => ({ ...each, kind: 'StatefulSet' }));
  const found = findSubject(service, namespace, own, deployments.items, workload, typed);
  if (found.kind === 'not-found') throw new BadInput([found.why]);
  return found.subject;
}

/** Of the image that would be released. */
export function repositoryOf({ image }: Settings, { container }: Subject): string {
  const repository = image.repository ?? parseImage(container.image ?? '')?.repository;
  if (repository !== undefined) return repository;
  throw new BadInput([`container ${container.name} has no image to take the repository from`]);
}
