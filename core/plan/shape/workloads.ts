/** The shapes of pods and workloads in a journal: as much of them as a release looks into. */
import { ANNOTATION_ENDINGS } from '../../cluster/ownership.ts';
import type { WorkloadSnapshot } from '../../cluster/plan-input.ts';
import type { Carried } from '../../cluster/workload/copy.ts';
import type {
  Container,
  LabelRequirement,
  LabelSelector,
  Metadata,
  ObjectReference,
  PodSpec,
  PodTemplate,
  Probe,
  Resources,
  Toleration,
  Volume,
} from '../../kubernetes/objects.ts';
import type { DeploymentStrategy, RollingUpdate } from '../../kubernetes/workload-objects.ts';
import {
  anything,
  count,
  each,
  either,
  fields,
  flag,
  type JsonShape,
  labels,
  maybe,
  name,
  number,
  object,
  type Part,
  releaseName,
  text,
  values,
} from './json.ts';

const reference = fields<ObjectReference>({
  name: maybe(text),
  optional: maybe(flag),
  key: maybe(text),
  items: maybe(each(fields<{ key: string }>({ key: text }))),
});
/** `8080`, `25%`, `metrics` */
export const numberOrText = either(number, text);
const amounts = values(numberOrText);

const resources = fields<Resources>({ requests: maybe(amounts), limits: maybe(amounts) });

const probe = fields<Probe>({
  httpGet: maybe(
    fields<Part<Probe, 'httpGet'>>({
      path: maybe(text),
      port: numberOrText,
      scheme: maybe(text),
      host: maybe(text),
      httpHeaders: maybe(
        each(fields<{ name: string; value: string }>({ name: text, value: text })),
      ),
    }),
  ),
  tcpSocket: maybe(fields<Part<Probe, 'tcpSocket'>>({ port: numberOrText, host: maybe(text) })),
  grpc: maybe(fields<Part<Probe, 'grpc'>>({ port: number, service: maybe(text) })),
  exec: maybe(fields<Part<Probe, 'exec'>>({ command: maybe(each(text)) })),
  periodSeconds: maybe(number),
  timeoutSeconds: maybe(number),
  failureThreshold: maybe(number),
  initialDelaySeconds: maybe(number),
});

type PreStop = Part<Part<Container, 'lifecycle'>, 'preStop'>;
type Port = Part<Container, 'ports'>[number];
type Variable = Part<Container, 'env'>[number];

const container = fields<Container>({
  name,
  image: maybe(text),
  command: maybe(each(text)),
  args: maybe(each(text)),
  restartPolicy: maybe(text),
  ports: maybe(
    each(fields<Port>({ name: maybe(text), containerPort: number, protocol: maybe(text) })),
  ),
  readinessProbe: maybe(probe),
  livenessProbe: maybe(probe),
  startupProbe: maybe(probe),
  lifecycle: maybe(
    fields<Part<Container, 'lifecycle'>>({
      preStop: maybe(
        fields<PreStop>({
          sleep: maybe(fields<Part<PreStop, 'sleep'>>({ seconds: number })),
          exec: anything,
          httpGet: anything,
        }),
      ),
    }),
  ),
  resources: maybe(resources),
  env: maybe(
    each(
      fields<Variable>({
        name: text,
        valueFrom: maybe(
          fields<Part<Variable, 'valueFrom'>>({
            configMapKeyRef: maybe(reference),
            secretKeyRef: maybe(reference),
          }),
        ),
      }),
    ),
  ),
  envFrom: maybe(
    each(
      fields<Part<Container, 'envFrom'>[number]>({
        configMapRef: maybe(reference),
        secretRef: maybe(reference),
      }),
    ),
  ),
});

const volume = fields<Volume>({
  name: text,
  persistentVolumeClaim: maybe(fields<Part<Volume, 'persistentVolumeClaim'>>({ claimName: text })),
  configMap: maybe(reference),
  secret: maybe(fields<Part<Volume, 'secret'>>({ secretName: maybe(text), optional: maybe(flag) })),
  projected: maybe(
    fields<Part<Volume, 'projected'>>({
      sources: maybe(
        each(
          fields<Part<Part<Volume, 'projected'>, 'sources'>[number]>({
            configMap: maybe(reference),
            secret: maybe(reference),
          }),
        ),
      ),
    }),
  ),
});

const toleration = fields<Toleration>({
  key: maybe(text),
  operator: maybe(text),
  value: maybe(text),
  effect: maybe(text),
});

const podSpec = fields<PodSpec>({
  containers: each(container),
  initContainers: maybe(each(container)),
  serviceAccountName: maybe(text),
  imagePullSecrets: maybe(each(reference)),
  volumes: maybe(each(volume)),
  nodeName: maybe(text),
  terminationGracePeriodSeconds: maybe(number),
  resources: maybe(resources),
  overhead: maybe(amounts),
  nodeSelector: maybe(labels),
  tolerations: maybe(each(toleration)),
  affinity: maybe(object),
  topologySpreadConstraints: maybe(each(object)),
  priorityClassName: maybe(text),
  schedulerName: maybe(text),
  activeDeadlineSeconds: maybe(number),
  restartPolicy: maybe(text),
});

export const templateShape = fields<PodTemplate>({
  // The API server writes `creationTimestamp: null` into it; only these two are looked at.
  metadata: maybe(
    fields<Pick<Metadata, 'labels' | 'annotations'>>({
      labels: maybe(labels),
      annotations: maybe(labels),
    }),
  ),
  spec: podSpec,
});

export const selectorShape = fields<LabelSelector>({
  matchLabels: maybe(labels),
  matchExpressions: maybe(
    each(fields<LabelRequirement>({ key: text, operator: text, values: maybe(each(text)) })),
  ),
});

const strategy = fields<DeploymentStrategy>({
  type: maybe(text),
  rollingUpdate: maybe(
    fields<RollingUpdate>({ maxSurge: maybe(numberOrText), maxUnavailable: maybe(numberOrText) }),
  ),
});

export const carriedSpec = fields<Carried['spec']>({
  strategy: maybe(strategy),
  minReadySeconds: maybe(number),
});

/** A release that could not bring back all pods has left more than its name. */
const MARK = new RegExp(`^(.*?)(${Object.values(ANNOTATION_ENDINGS).join('|')})?$`);
const mark: JsonShape = (value) =>
  typeof value === 'string' && releaseName(MARK.exec(value)?.[1]) === undefined
    ? undefined
    : ' is no mark of a release';

export const workloadShape = fields<WorkloadSnapshot>({
  name,
  uid: text,
  replicas: count,
  selector: selectorShape,
  template: templateShape,
  strategy: maybe(strategy),
  mark: maybe(mark),
  carried: maybe(fields<Carried>({ labels, annotations: labels, spec: carriedSpec })),
});
