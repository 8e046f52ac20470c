/** The parts of a pod that may stand in a Task or a run. */
import {
  anything,
  fields,
  flag,
  listOf,
  oneOf,
  quantities,
  text,
  textMap,
  unsupported,
  whole,
} from './shape.ts';

const keyRef = fields({ 'key!': text, name: text, optional: flag });

export const env = listOf(
  fields({
    'name!': text,
    value: text,
    valueFrom: fields({
      configMapKeyRef: keyRef,
      secretKeyRef: keyRef,
      fieldRef: fields({ apiVersion: text, 'fieldPath!': text }),
      resourceFieldRef: fields({ containerName: text, divisor: anything, 'resource!': text }),
      fileKeyRef: unsupported('fileKeyRef is'),
    }),
  }),
);

const nameRef = fields({ name: text, optional: flag });

export const envFrom = listOf(fields({ prefix: text, configMapRef: nameRef, secretRef: nameRef }));

export const volumeMounts = listOf(
  fields({
    'name!': text,
    'mountPath!': text,
    readOnly: flag,
    subPath: text,
    subPathExpr: unsupported('subPathExpr is'),
    mountPropagation: text,
    recursiveReadOnly: text,
  }),
);

export const securityContext = fields({
  allowPrivilegeEscalation: flag,
  appArmorProfile: anything,
  capabilities: fields({ add: listOf(text), drop: listOf(text) }),
  privileged: flag,
  procMount: text,
  readOnlyRootFilesystem: flag,
  runAsGroup: whole,
  runAsNonRoot: flag,
  runAsUser: whole,
  seLinuxOptions: anything,
  seccompProfile: fields({ localhostProfile: text, 'type!': text }),
  windowsOptions: anything,
});

export const computeResources = fields({
  limits: quantities,
  requests: quantities,
  claims: unsupported('claims are'),
});

const items = listOf(fields({ 'key!': text, 'path!': text, mode: whole }));

export const configMapSource = fields({ name: text, items, defaultMode: whole, optional: flag });

export const secretSource = fields({ secretName: text, items, defaultMode: whole, optional: flag });

export const emptyDirSource = fields({ medium: text, sizeLimit: anything });

export const projectedSource = fields({
  defaultMode: whole,
  'sources!': listOf(
    fields({
      configMap: fields({ name: text, items, optional: flag }),
      secret: fields({ name: text, items, optional: flag }),
      downwardAPI: anything,
      serviceAccountToken: fields({ audience: text, expirationSeconds: whole, 'path!': text }),
      clusterTrustBundle: unsupported('clusterTrustBundle is'),
      podCertificate: unsupported('podCertificate is'),
    }),
  ),
});

export const claimSource = fields({ 'claimName!': text, readOnly: flag });

export const volumes = listOf(
  fields({
    'name!': text,
    configMap: configMapSource,
    secret: secretSource,
    emptyDir: emptyDirSource,
    projected: projectedSource,
    persistentVolumeClaim: claimSource,
    downwardAPI: fields({ defaultMode: whole, items: listOf(anything) }),
    hostPath: fields({ 'path!': text, type: text }),
    csi: unsupported('csi volumes are'),
    ephemeral: unsupported('ephemeral volumes are'),
    image: unsupported('image volumes are'),
    nfs: unsupported('nfs volumes are'),
  }),
);

export const podTemplate = fields({
  affinity: anything,
  automountServiceAccountToken: flag,
  dnsConfig: anything,
  dnsPolicy: text,
  enableServiceLinks: flag,
  env,
  hostAliases: anything,
  hostNetwork: flag,
  hostUsers: flag,
  imagePullSecrets: listOf(fields({ name: text })),
  nodeSelector: textMap,
  priorityClassName: text,
  runtimeClassName: text,
  schedulerName: text,
  securityContext: anything,
  tolerations: listOf(anything),
  topologySpreadConstraints: listOf(anything),
  volumes,
});

export const pullPolicy = oneOf('Always', 'IfNotPresent', 'Never');
