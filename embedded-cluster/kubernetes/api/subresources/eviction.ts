/** Deleting a pod by leave of its disruption budget. */
import { timestamp } from '../../../base/clock.ts';
import { ApiFailure } from '../../definitions/failure.ts';
import { isObject } from '../../definitions/json.ts';
import { type LabelSelector, matchesSelector } from '../../definitions/selectors.ts';
import { POD_DISRUPTION_BUDGETS } from '../../kinds/workloads/policy.ts';
import type { KubeObject } from '../../store/object.ts';
import type { World } from '../../world.ts';
import type { Call } from '../call.ts';
import type { DeleteOptions } from '../objects/deletion.ts';
import type { Persistence } from '../objects/objects.ts';
import { parseBody } from '../request/body.ts';
import { type ApiResponse, json } from '../request/http.ts';
import { namespaceOf, persistenceOf } from '../verbs/write.ts';

export function evictPod(call: Call): ApiResponse {
  const { world, kind, target } = call;
  const namespace = namespaceOf(call);
  const { name = '' } = target;
  const body = parseBody(call.request);
  const options = isObject(body) && isObject(body.deleteOptions) ? body.deleteOptions : {};
  const pod = world.objects.get(kind, namespace, name);
  if (isServing(pod)) spend(world, pod, persistenceOf(call));
  // What a client may say of a deletion is checked where it is used.
  world.objects.delete(kind, namespace, name, options as DeleteOptions, persistenceOf(call));
  return json(201, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    code: 201,
  });
}

function isServing({ metadata, status }: KubeObject): boolean {
  const { phase } = isObject(status) ? status : {};
  return metadata.deletionTimestamp === undefined && phase === 'Running';
}

function isReady({ status }: KubeObject): boolean {
  const conditions = isObject(status) ? status.conditions : undefined;
  return (
    Array.isArray(conditions) &&
    conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True')
  );
}

interface BudgetStatus {
  readonly observedGeneration?: number;
  readonly disruptionsAllowed: number;
  readonly currentHealthy: number;
  readonly desiredHealthy: number;
  readonly disruptedPods?: Readonly<Record<string, string>>;
}

/** Takes one disruption from the pod's budget, or refuses. */
function spend({ objects, clock }: World, pod: KubeObject, persistence: Persistence): void {
  const budgets = objects.list(POD_DISRUPTION_BUDGETS, pod.metadata.namespace, ({ spec }) => {
    const selector = isObject(spec) ? spec.selector : undefined;
    return matchesSelector(selector as LabelSelector | undefined, pod.metadata.labels); // as in its schema
  });
  const [budget, ...others] = budgets;
  if (!budget) return;
  if (others.length > 0) {
    throw new ApiFailure(
      'InternalError',
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    );
  }
  // Filled in when the budget was created.
  const status = budget.status as BudgetStatus;
  const { name, generation = 0 } = budget.metadata;
  const spare = status.currentHealthy >= status.desiredHealthy && status.desiredHealthy > 0;
  if (!isReady(pod) && spare) return;
  if ((status.observedGeneration ?? 0) < generation) {
    throw refused(`The disruption budget ${name} is still being processed by the server.`, 10);
  }
  if (status.disruptionsAllowed <= 0) {
    throw refused(
      `The disruption budget ${name} needs ${status.desiredHealthy} healthy pods and has ${status.currentHealthy} currently`,
    );
  }
  const disruptedPods = {
    ...status.disruptedPods,
    [pod.metadata.name]: timestamp(clock.now()),
  };
  const disruptionsAllowed = status.disruptionsAllowed - 1;
  const spent = { ...budget, status: { ...status, disruptionsAllowed, disruptedPods } };
  objects.updateStatus(POD_DISRUPTION_BUDGETS, spent, persistence);
}

function refused(message: string, retryAfterSeconds?: number): ApiFailure {
  return new ApiFailure(
    'TooManyRequests',
    "Cannot evict pod as it would violate the pod's disruption budget.",
    {
      causes: [{ reason: 'DisruptionBudget', message }],
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    },
  );
}
