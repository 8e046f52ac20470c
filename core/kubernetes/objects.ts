/**
 * The parts of Kubernetes objects that a release reads or writes, as they are in JSON. Everything
 * else in an object is kept as it was found: a release that drops a field it does not know has
 * changed somebody's service.
 */

export interface Metadata {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  managedFields?: FieldOwner[];
  ownerReferences?: OwnerReference[];
}

export interface OwnerReference {
  apiVersion?: string;
  kind: string;
  name: string;
  uid: string;
  /** At most one owner of an object is its controller. */
  controller?: boolean;
}

/** Who owns which fields, as the API notes it. */
export interface FieldOwner {
  manager?: string;
  operation?: string;
  time?: string;
  subresource?: string;
  fieldsV1?: unknown;
}

export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
}

export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
}

export interface Probe {
  httpGet?: {
    path?: string;
    port: number | string;
    scheme?: string;
    host?: string;
    httpHeaders?: { name: string; value: string }[];
  };
  tcpSocket?: { port: number | string; host?: string };
  grpc?: { port: number; service?: string };
  exec?: { command?: string[] };
  periodSeconds?: number;
  timeoutSeconds?: number;
  failureThreshold?: number;
  initialDelaySeconds?: number;
}

export interface Container {
  name: string;
  image?: string;
  command?: readonly string[];
  args?: readonly string[];
  /** Of an init container: `Always` makes it a sidecar. */
  restartPolicy?: string;
  ports?: { name?: string; containerPort: number; protocol?: string }[];
  readinessProbe?: Probe;
  livenessProbe?: Probe;
  startupProbe?: Probe;
  lifecycle?: { preStop?: { sleep?: { seconds: number }; exec?: unknown; httpGet?: unknown } };
  resources?: Resources;
  env?: {
    name: string;
    valueFrom?: { configMapKeyRef?: ObjectReference; secretKeyRef?: ObjectReference };
  }[];
  envFrom?: { configMapRef?: ObjectReference; secretRef?: ObjectReference }[];
}

export interface Resources {
  requests?: Record<string, string>;
  limits?: Record<string, string>;
}

export interface Toleration {
  key?: string;
  operator?: 'Exists' | 'Equal';
  value?: string;
  effect?: string;
}

/** Its source is a key of its own: `hostPath`, `gcePersistentDisk`. */
export interface Volume {
  name: string;
  persistentVolumeClaim?: { claimName: string };
  configMap?: ObjectReference;
  secret?: { secretName?: string; optional?: boolean };
  projected?: { sources?: { configMap?: ObjectReference; secret?: ObjectReference }[] };
}

export interface ObjectReference {
  name?: string;
  /** The pod starts without it too. */
  optional?: boolean;
  /** Of a variable the one that it holds, of a volume those that are its files. */
  key?: string;
  items?: { key: string }[];
}

export interface PodSpec {
  containers: Container[];
  initContainers?: Container[];
  serviceAccountName?: string;
  imagePullSecrets?: ObjectReference[];
  volumes?: Volume[];
  nodeName?: string;
  terminationGracePeriodSeconds?: number;
  /** Of the whole pod, beside those of its containers. */
  resources?: Resources;
  overhead?: Record<string, string>;
  nodeSelector?: Record<string, string>;
  tolerations?: Toleration[];
  affinity?: unknown;
  topologySpreadConstraints?: unknown;
  priorityClassName?: string;
  schedulerName?: string;
  activeDeadlineSeconds?: number;
  restartPolicy?: string;
}

export interface PodTemplate {
  metadata?: Partial<Metadata>;
  spec: PodSpec;
}

export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: LabelRequirement[];
}

export interface LabelRequirement {
  key: string;
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  values?: string[];
}

export interface ContainerStatus {
  name: string;
  ready: boolean;
  restartCount: number;
  started?: boolean;
  state?: {
    running?: { startedAt?: string };
    waiting?: { reason?: string; message?: string };
    terminated?: { reason?: string; exitCode: number; message?: string };
  };
  lastState?: { terminated?: { reason?: string; exitCode: number; message?: string } };
}

export interface Pod extends KubernetesObject {
  spec: PodSpec;
  status?: {
    phase?: string;
    podIP?: string;
    reason?: string;
    message?: string;
    conditions?: Condition[];
    containerStatuses?: ContainerStatus[];
    initContainerStatuses?: ContainerStatus[];
  };
}

/** What a component of the cluster tells of an object; told again, it counts up. */
export interface ClusterEvent extends KubernetesObject {
  involvedObject?: { kind?: string; name?: string; uid?: string };
  type?: string;
  reason?: string;
  message?: string;
  lastTimestamp?: string | null;
  eventTime?: string | null;
}

export interface Lease extends KubernetesObject {
  spec?: {
    holderIdentity?: string;
    leaseDurationSeconds?: number;
    acquireTime?: string;
    renewTime?: string;
    leaseTransitions?: number;
  };
}

export interface ConfigMap extends KubernetesObject {
  data?: Record<string, string>;
}
