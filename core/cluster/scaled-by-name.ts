/**
 * Autoscalers of others that know a workload by its name: KEDA's ScaledObject, whose HPA is away
 * while it is paused, and the VerticalPodAutoscaler. A release to a Deployment of another name would
 * leave what serves after it unscaled. Fields: keda.sh/v1alpha1 and autoscaling.k8s.io/v1.
 */
import type { KubernetesObject } from '../kubernetes/objects.ts';

interface TargetRef {
  /** KEDA lets it out where it is a Deployment. */
  readonly kind?: string;
  readonly name?: string;
}

interface ScaledObject extends KubernetesObject {
  readonly spec?: { readonly scaleTargetRef?: TargetRef };
}

interface VerticalPodAutoscaler extends KubernetesObject {
  readonly spec?: {
    readonly targetRef?: TargetRef;
    readonly updatePolicy?: { readonly updateMode?: string };
  };
}

/** Why no release to another Deployment than `deployment` can be; undefined where none of them scales it. */
export function scaledByName(
  others: Iterable<KubernetesObject>,
  deployment: string,
): string | undefined {
  for (const object of others) {
    const target = targetOf(object);
    if (target?.name !== deployment || (target.kind ?? 'Deployment') !== 'Deployment') continue;
    const { kind, metadata } = object;
    return `deployment ${deployment} is scaled by ${kind} ${metadata.name}, which knows it by its name and would leave what serves after the release unscaled: release with strategy rolling, which keeps that Deployment, or ${wayOut(object)}`;
  }
  return undefined;
}

function targetOf(object: KubernetesObject): TargetRef | undefined {
  if (isScaledObject(object)) return object.spec?.scaleTargetRef;
  if (!isVertical(object)) return undefined;
  // Off: it only says what it would do.
  return object.spec?.updatePolicy?.updateMode === 'Off' ? undefined : object.spec?.targetRef;
}

function wayOut({ kind, metadata }: KubernetesObject): string {
  return kind === 'ScaledObject'
    ? `take ScaledObject ${metadata.name} away and let the release move a HorizontalPodAutoscaler of your own`
    : `set the updateMode of ${kind} ${metadata.name} to "Off"`;
}

function isScaledObject(object: KubernetesObject): object is ScaledObject {
  return object.kind === 'ScaledObject';
}

function isVertical(object: KubernetesObject): object is VerticalPodAutoscaler {
  return object.kind === 'VerticalPodAutoscaler';
}
