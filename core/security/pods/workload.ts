/** What keeps pods from being well behaved: probes, resources, secrets in the open, what is deprecated. */
import { foreignText } from '../../base/foreign-text.ts';
import { parseImage } from '../../base/image.ts';
import { jsonOf } from '../../base/json.ts';
import type { PodTemplate } from '../../kubernetes/objects.ts';
import type { FindingId } from '../catalogue/catalogue.ts';
import { fieldsOf, textOf, textsOf } from '../fields.ts';
import { type Finding, found } from '../finding.ts';
import { secretFormIn, secretKind } from './secrets.ts';
import { containersOf, type SecuredContainer, type SecuredPod, securedPod } from './shapes.ts';

/** `container` is the one that the release gives its image: that is pinned by others. */
export function workloadFindings(
  { metadata, spec }: PodTemplate,
  workload: string,
  container: string,
): Finding[] {
  const pod = securedPod(spec);
  const place = (path: string) => ({ path, workload });
  return [
    ...containersOf(pod).flatMap(([path, each]) => [
      ...containerFaults(each, runsOn(path, each)).map(([id, what]) =>
        found(id, `${path}: ${what}`, place(path)),
      ),
      ...(each.name === container ? [] : imageFaults(path, each, workload)),
    ]),
    ...(pod.automountServiceAccountToken === false
      ? []
      : [found('K8S006', 'automountServiceAccountToken is not false', place('spec'))]),
    ...deprecated(pod, metadata?.annotations ?? {}).map(([path, what]) =>
      found('K8S008', what, place(path)),
    ),
  ];
}

/** What starts and ends has no probes, but for sidecars. */
function runsOn(path: string, { restartPolicy }: SecuredContainer): boolean {
  return path.startsWith('spec.containers') || restartPolicy === 'Always';
}

type ContainerFault = readonly [id: FindingId, what: string];

function containerFaults(container: SecuredContainer, isLasting: boolean): ContainerFault[] {
  const { readinessProbe, livenessProbe, resources = {}, securityContext } = container;
  const faults: ContainerFault[] = [];
  if (isLasting && !readinessProbe) faults.push(['K8S001', 'no readinessProbe']);
  if (isLasting && !livenessProbe) faults.push(['K8S002', 'no livenessProbe']);
  const { requests = {}, limits = {} } = resources;
  const unasked = ['cpu', 'memory'].filter((name) => !requests[name] && !limits[name]);
  if (unasked.length > 0) faults.push(['K8S003', `no request for ${unasked.join(', ')}`]);
  if (!limits.memory) faults.push(['K8S004', 'no limit for memory']);
  if (securityContext?.readOnlyRootFilesystem !== true) {
    faults.push(['K8S005', 'readOnlyRootFilesystem is not true']);
  }
  return [...faults, ...secretsIn(container)];
}

/** Told by the name of the variable and the kind of the secret, never by the value. */
function secretsIn(container: SecuredContainer): ContainerFault[] {
  const { env = [] } = container;
  const { command, args } = fieldsOf(container);
  const ofEnv = env.flatMap(({ name, value = '' }): ContainerFault[] => {
    const kind = secretKind(name, value);
    return kind === undefined ? [] : [['K8S007', `env ${foreignText(name, 80)} holds ${kind}`]];
  });
  const ofArguments = [...textsOf(command), ...textsOf(args)].flatMap((text): ContainerFault[] => {
    const kind = secretFormIn(text);
    return kind === undefined ? [] : [['K8S007', `an argument holds ${kind}`]];
  });
  return [...ofEnv, ...ofArguments];
}

function imageFaults(path: string, { image = '' }: SecuredContainer, workload: string): Finding[] {
  if (parseImage(image)?.digest !== undefined) return [];
  const shown = foreignText(image, 200);
  return [found('K8S009', `${path}: ${shown} has no digest`, { path, workload })];
}

const GONE_ANNOTATIONS: readonly (readonly [prefix: string, instead: string])[] = [
  ['seccomp.security.alpha.kubernetes.io/', 'securityContext.seccompProfile'],
  ['container.seccomp.security.alpha.kubernetes.io/', 'securityContext.seccompProfile'],
  ['container.apparmor.security.beta.kubernetes.io/', 'securityContext.appArmorProfile'],
  ['scheduler.alpha.kubernetes.io/', 'priorityClassName, tolerations and affinity'],
  ['security.alpha.kubernetes.io/sysctls', 'securityContext.sysctls'],
];

/** Kinds of volumes that are deprecated, or that no version still serves. */
const GONE_VOLUMES = [
  ...['gitRepo', 'flexVolume', 'glusterfs', 'quobyte', 'scaleIO', 'storageos', 'flocker', 'rbd'],
  ...['cephfs', 'awsElasticBlockStore', 'azureDisk', 'azureFile', 'gcePersistentDisk', 'cinder'],
  ...['vsphereVolume', 'portworxVolume', 'photonPersistentDisk'],
];

function deprecated(
  { volumes = [], serviceAccount, serviceAccountName }: SecuredPod,
  annotations: Readonly<Record<string, string>>,
): [path: string, what: string][] {
  const found: [string, string][] = Object.keys(annotations).flatMap((key) => {
    const gone = GONE_ANNOTATIONS.find(([prefix]) => key.startsWith(prefix));
    if (!gone) return [];
    return [[`metadata.annotations[${key}]`, `${foreignText(key, 120)}: write ${gone[1]}`]];
  });
  for (const volume of volumes) {
    const kind = GONE_VOLUMES.find((each) => each in volume);
    if (kind)
      found.push([`spec.volumes[${volume.name}]`, `volumes of kind ${kind} are deprecated`]);
  }
  // The API fills one in from the other.
  if (serviceAccount && serviceAccount !== serviceAccountName) {
    found.push(['spec.serviceAccount', 'serviceAccount: write serviceAccountName']);
  }
  return found;
}

const GONE_VERSIONS = ['extensions/v1beta1', 'apps/v1beta1', 'apps/v1beta2'];
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** The manifest that was applied last may be in a version that the next cluster does not know. */
export function manifestFindings(
  annotations: Readonly<Record<string, string>> | undefined,
  workload: string,
): Finding[] {
  const applied = jsonOf(annotations?.[LAST_APPLIED] ?? '');
  const version = textOf(fieldsOf(applied).apiVersion);
  if (version === undefined || !GONE_VERSIONS.includes(version)) return [];
  const place = { path: 'apiVersion', workload };
  return [found('K8S008', `it was applied as ${version}: write apps/v1`, place)];
}
