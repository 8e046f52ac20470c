/** The objects that a pod cannot start without, as its spec names them. */
import type { Container, ObjectReference, PodSpec } from '../objects.ts';

type Kind = 'ConfigMap' | 'Secret' | 'ServiceAccount' | 'PersistentVolumeClaim';

export interface Reference {
  readonly kind: Kind;
  readonly name: string;
}

/** Each once; what may be missing is not among them. */
export function referencesOf(spec: PodSpec): Reference[] {
  const { volumes = [], serviceAccountName, imagePullSecrets = [] } = spec;
  const found: (Reference | undefined)[] = [
    ...[...(spec.initContainers ?? []), ...spec.containers].flatMap(inContainer),
    ...volumes.flatMap((volume) => [
      named('ConfigMap', volume.configMap),
      named('Secret', volume.secret && { ...volume.secret, name: volume.secret.secretName ?? '' }),
      named('PersistentVolumeClaim', { name: volume.persistentVolumeClaim?.claimName ?? '' }),
      ...(volume.projected?.sources ?? []).flatMap((source) => [
        named('ConfigMap', source.configMap),
        named('Secret', source.secret),
      ]),
    ]),
    named('ServiceAccount', { name: serviceAccountName ?? '' }),
    ...imagePullSecrets.map((each) => named('Secret', each)),
  ];
  const byKey = new Map(
    found.flatMap((each) => (each ? [[`${each.kind}/${each.name}`, each] as const] : [])),
  );
  return [...byKey.values()];
}

function inContainer({ env = [], envFrom = [] }: Container): (Reference | undefined)[] {
  return [
    ...env.flatMap(({ valueFrom }) => [
      named('ConfigMap', valueFrom?.configMapKeyRef),
      named('Secret', valueFrom?.secretKeyRef),
    ]),
    ...envFrom.flatMap(({ configMapRef, secretRef }) => [
      named('ConfigMap', configMapRef),
      named('Secret', secretRef),
    ]),
  ];
}

function named(kind: Kind, reference: ObjectReference | undefined): Reference | undefined {
  return reference?.name && !reference.optional ? { kind, name: reference.name } : undefined;
}
