/** What a release is about, as found in the cluster: the Service, the workload behind it, a container. */

import { shortImage } from '../base/image.ts';
import type { Settings } from '../config/settings.ts';
import { selectorText, selects } from '../kubernetes/labels.ts';
import type { Service } from '../kubernetes/network-objects.ts';
import type { Container, Pod } from '../kubernetes/objects.ts';
import { isTcp, targetPortOf } from '../kubernetes/pods/ports.ts';
import { asDeployment, workloadText } from '../kubernetes/workload.ts';
import type { Deployment, StatefulSet } from '../kubernetes/workload-objects.ts';
import { ownerReleaseOf } from './ownership.ts';

export interface Subject {
  readonly service: Service;
  /** The workload; of a StatefulSet, what it has in common with a Deployment. */
  readonly deployment: Deployment;
  readonly statefulSet: StatefulSet | undefined;
  readonly container: Container;
  /** Where the pods listen, and where the Service does. */
  readonly port: number;
  readonly servicePort: number;
  readonly readinessPath: string | undefined;
}

export type Found =
  | { readonly kind: 'found'; readonly subject: Subject }
  | { readonly kind: 'not-found'; readonly why: string };

const SCALED_DOWN = 0;

export function findSubject(
  name: string,
  namespace: string,
  service: Service | undefined,
  deployments: readonly Deployment[],
  wanted: Pick<Settings['workload'], 'name' | 'container'>,
  statefulSets: readonly StatefulSet[] = [],
  pods: readonly Pod[] = [],
): Found {
  if (!service) return missing(`service ${name} not found in namespace ${namespace}`);
  const { selector, type, externalName } = service.spec;
  if (type === 'ExternalName') {
    return missing(
      `service ${name} is of type ExternalName, a name for ${externalName ?? 'something elsewhere'}: it leads to no pods of this namespace; release a service that selects pods`,
    );
  }
  if (!selector || Object.keys(selector).length === 0) {
    return missing(
      `service ${name} has no selector, so no workload can be found behind it: its endpoints are somebody's own; release a service that selects pods`,
    );
  }
  const workloads = [...deployments, ...statefulSets.map(asDeployment)];
  const behind = workloads.filter((workload) => isBehind(workload, selector, wanted.name));
  const [deployment, second] = behind;
  if (!deployment) return missing(noWorkload(name, selector, wanted.name, workloads, pods));
  if (second) {
    const names = behind.map(asRunning).join(', ');
    return missing(
      `service ${name} reaches several workloads (${names}): name one as workload.name in the release config; where one is an old version that came back, as when its manifest was applied again, scale that one to zero`,
    );
  }
  const container = containerOf(deployment, name, wanted.container);
  if (typeof container === 'string') return missing(container);
  const servicePort = service.spec.ports?.find(isTcp) ?? service.spec.ports?.[0];
  if (!servicePort) return missing(`service ${name} has no port`);
  const port = targetPortOf(servicePort, deployment.spec.template.spec);
  if (port === undefined) {
    return missing(
      `port ${servicePort.targetPort} of service ${name} is not a port of any container of ${workloadText(deployment)}: name it there, or let targetPort be a number`,
    );
  }
  const readinessPath = container.readinessProbe?.httpGet?.path;
  const statefulSet = statefulSets.find(
    ({ metadata }) =>
      deployment.kind === 'StatefulSet' && metadata.name === deployment.metadata.name,
  );
  const workload = { deployment, statefulSet, container };
  const subject = { service, ...workload, port, servicePort: servicePort.port };
  return { kind: 'found', subject: { ...subject, readinessPath } };
}

function missing(why: string): Found {
  return { kind: 'not-found', why };
}

function isBehind(
  deployment: Deployment,
  selector: Record<string, string>,
  wanted: string | undefined,
): boolean {
  const { metadata, spec } = deployment;
  if (wanted !== undefined && metadata.name !== wanted) return false;
  return selects(selector, spec.template.metadata?.labels) && spec.replicas !== SCALED_DOWN;
}

/** What a workload runs, and since which release. */
function asRunning(workload: Deployment): string {
  const images = workload.spec.template.spec.containers.map(({ image = '' }) => shortImage(image));
  const release = ownerReleaseOf(workload);
  const since = release === undefined ? 'of no release' : `of release ${release}`;
  return `${workload.metadata.name} runs ${images.join(' and ')} ${since}`;
}

function noWorkload(
  name: string,
  selector: Record<string, string>,
  wanted: string | undefined,
  workloads: readonly Deployment[],
  pods: readonly Pod[],
): string {
  const labels = selectorText(selector);
  const asleep = workloads.find(
    (each) =>
      each.spec.replicas === SCALED_DOWN &&
      (wanted === undefined || each.metadata.name === wanted) &&
      selects(selector, each.spec.template.metadata?.labels),
  );
  if (asleep) {
    return `${workloadText(asleep)} behind service ${name} is scaled to zero: scale it up first, a release replaces pods that serve`;
  }
  const relabelled = pods.find((pod) => selects(selector, pod.metadata.labels));
  if (relabelled && wanted === undefined) {
    return `service ${name} selects ${labels}; pod ${relabelled.metadata.name} carries these, but no pod template of a Deployment or StatefulSet does: labels that are put on at run time say nothing of new pods; select labels of the pod template`;
  }
  return wanted === undefined
    ? `no running Deployment or StatefulSet behind service ${name}: none has pods with the labels ${labels}`
    : `workload ${wanted} (workload.name) is not behind service ${name}: it does not run, or its pods lack the labels ${labels}`;
}

function containerOf(
  deployment: Deployment,
  service: string,
  wanted: string | undefined,
): Container | string {
  const { containers } = deployment.spec.template.spec;
  const names = containers.map(({ name }) => name).join(', ');
  if (wanted !== undefined) {
    const named = containers.find(({ name }) => name === wanted);
    return named ?? `${workloadText(deployment)} has no container ${wanted}, only ${names}`;
  }
  const [only, second] = containers;
  if (only && !second) return only;
  return (
    containers.find(({ name }) => name === service) ??
    `${workloadText(deployment)} has several containers (${names}): name one as workload.container in the release config`
  );
}
