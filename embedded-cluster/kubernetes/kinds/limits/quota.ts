/** Quotas: what the pods of a namespace may ask for together. Checked when a pod is admitted. */
import { ApiFailure } from '../../definitions/failure.ts';
import { parseQuantity } from '../../definitions/quantity.ts';
import type { KubeObject } from '../../store/object.ts';
import type { Store } from '../../store/store.ts';
import { type Fields, fieldsOf, itemsOf, specOf } from '../fields.ts';

/** How much of a resource, by the names that quotas have for it, one pod takes. */
const MEASURES: Readonly<Record<string, (pod: KubeObject) => number>> = {
  pods: () => 1,
  'count/pods': () => 1,
  cpu: (pod) => total(pod, 'requests', 'cpu'),
  memory: (pod) => total(pod, 'requests', 'memory'),
  'requests.cpu': (pod) => total(pod, 'requests', 'cpu'),
  'requests.memory': (pod) => total(pod, 'requests', 'memory'),
  'limits.cpu': (pod) => total(pod, 'limits', 'cpu'),
  'limits.memory': (pod) => total(pod, 'limits', 'memory'),
};

function total(pod: KubeObject, list: 'requests' | 'limits', resource: string): number {
  return itemsOf(specOf(pod).containers).reduce((sum, { resources }) => {
    const amount = fieldsOf(fieldsOf(resources)[list])[resource];
    return sum + (amount === undefined ? 0 : parseQuantity(String(amount)));
  }, 0);
}

export function refuseOverQuota(store: Store, pod: KubeObject): void {
  const { namespace, name } = pod.metadata;
  const quotas = store.list('resourcequotas', namespace);
  if (quotas.length === 0) return;
  const others = store.list('pods', namespace).filter(isCounted);
  for (const quota of quotas) {
    const isMeant = scopeOf(quota);
    if (!isMeant(pod)) continue;
    const why = whyOver(quota, pod, others.filter(isMeant));
    if (why) {
      throw new ApiFailure('Forbidden', `pods "${name}" is forbidden: ${why}`, {
        name,
        kind: 'pods',
      });
    }
  }
}

/** Objects of any kind, by a quota's `count/deployments.apps`. */
export function refuseOverCount(store: Store, collection: string, object: KubeObject): void {
  const { namespace, name } = object.metadata;
  // Pods are counted with what they ask for.
  if (namespace === undefined || collection === 'pods') return;
  const resource = `count/${collection}`;
  for (const quota of store.list('resourcequotas', namespace)) {
    const hard = fieldsOf(specOf(quota).hard)[resource];
    const used = hard === undefined ? 0 : store.list(collection, namespace).length;
    if (hard === undefined || used + 1 <= parseQuantity(String(hard))) continue;
    throw new ApiFailure(
      'Forbidden',
      `${collection} "${name}" is forbidden: exceeded quota: ${quota.metadata.name}, ` +
        `requested: ${resource}=1, used: ${resource}=${used}, limited: ${resource}=${hard}`,
      { name, kind: collection.split('.')[0] ?? collection },
    );
  }
}

/** Which pods a quota is about: all, unless it has scopes; each of them must fit. */
function scopeOf(quota: KubeObject): (pod: KubeObject) => boolean {
  const { scopes, scopeSelector } = specOf(quota);
  const named = Array.isArray(scopes) ? scopes.map((scopeName) => ({ scopeName })) : [];
  const wanted = [...named, ...itemsOf(fieldsOf(scopeSelector).matchExpressions)].map(fieldsOf);
  return (pod) => wanted.every((scope) => fits(scope, pod));
}

function fits({ scopeName, operator, values }: Fields, pod: KubeObject): boolean {
  const spec = specOf(pod);
  const isBestEffort = fieldsOf(pod.status).qosClass === 'BestEffort';
  switch (scopeName) {
    case 'BestEffort':
      return isBestEffort;
    case 'NotBestEffort':
      return !isBestEffort;
    case 'Terminating':
      return spec.activeDeadlineSeconds !== undefined;
    case 'NotTerminating':
      return spec.activeDeadlineSeconds === undefined;
    case 'PriorityClass': {
      const { priorityClassName } = spec;
      const isListed = Array.isArray(values) && values.includes(priorityClassName);
      if (operator === 'DoesNotExist') return priorityClassName === undefined;
      if (operator === 'NotIn') return !isListed;
      return operator === 'In' ? isListed : priorityClassName !== undefined;
    }
    default:
      return false;
  }
}

function isCounted({ status }: KubeObject): boolean {
  const { phase } = fieldsOf(status);
  return phase !== 'Succeeded' && phase !== 'Failed';
}

function whyOver(
  quota: KubeObject,
  pod: KubeObject,
  others: readonly KubeObject[],
): string | undefined {
  const { name } = quota.metadata;
  const limits = Object.entries(fieldsOf(specOf(quota).hard)).flatMap(([resource, hard]) => {
    const measure = MEASURES[resource];
    if (!measure) return [];
    const used = others.reduce((sum, other) => sum + measure(other), 0);
    return [{ resource, hard: String(hard), requested: measure(pod), used }];
  });
  const unsaid = limits.filter(({ requested }) => requested === 0);
  if (unsaid.length > 0) {
    const names = unsaid.map(({ resource }) => resource);
    return `failed quota: ${name}: must specify ${names.join(',')}`;
  }
  const over = limits.filter(({ hard, requested, used }) => used + requested > parseQuantity(hard));
  if (over.length === 0) return undefined;
  const listed = (amount: (limit: (typeof over)[number]) => string): string =>
    over.map((limit) => `${limit.resource}=${amount(limit)}`).join(',');
  return (
    `exceeded quota: ${name}, requested: ${listed((l) => quantityText(l.requested))}, ` +
    `used: ${listed((l) => quantityText(l.used))}, limited: ${listed((l) => l.hard)}`
  );
}

/** Parts of one in thousandths, and many as far as they are whole Ki, Mi or Gi. */
function quantityText(amount: number): string {
  if (!Number.isInteger(amount)) return `${Math.round(amount * 1000)}m`;
  const unit = (['Gi', 'Mi', 'Ki'] as const).find(
    (name) => amount >= UNITS[name] && amount % UNITS[name] === 0,
  );
  return unit ? `${amount / UNITS[unit]}${unit}` : String(amount);
}

const UNITS = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };
