/**
 * LimitRanges: what a namespace fills into containers that say nothing of their resources, and which
 * amounts it refuses. Both when a pod is admitted, as the LimitRanger does.
 */
import { ApiFailure } from '../../definitions/failure.ts';
import { parseQuantity } from '../../definitions/quantity.ts';
import type { KubeObject } from '../../store/object.ts';
import type { Store } from '../../store/store.ts';
import { type Fields, fieldsOf, itemsOf, specOf, textOf } from '../fields.ts';

const NOTED = 'kubernetes.io/limit-ranger';

export function withinLimits(store: Store, pod: KubeObject): KubeObject {
  const items = store
    .list('limitranges', pod.metadata.namespace)
    .flatMap((range) => itemsOf(specOf(range).limits));
  if (items.length === 0) return pod;
  const filled = withDefaults(pod, items.filter(isFor('Container')));
  const faults = items.flatMap((item) => faultsIn(filled, item));
  if (faults.length === 0) return filled;
  const { name } = pod.metadata;
  const why = faults.length === 1 ? faults[0] : `[${faults.join(', ')}]`;
  throw new ApiFailure('Forbidden', `pods "${name}" is forbidden: ${why}`, { name, kind: 'pods' });
}

/** `min` and `max` say what is asked for and allowed where nothing else does. */
function withDefaults(pod: KubeObject, items: readonly Fields[]): KubeObject {
  const limits = Object.assign(
    {},
    ...items.map((item) => ({ ...fieldsOf(item.max), ...fieldsOf(item.default) })),
  );
  const requests = Object.assign(
    {},
    ...items.map((item) => ({
      ...fieldsOf(item.min),
      ...fieldsOf(item.max),
      ...fieldsOf(item.default),
      ...fieldsOf(item.defaultRequest),
    })),
  );
  const notes: string[] = [];
  const fill =
    (role: string) =>
    (container: Fields): Fields => {
      const resources = fieldsOf(container.resources);
      const asked = fieldsOf(resources.requests);
      const allowed = fieldsOf(resources.limits);
      note(notes, missing(requests, asked), `request for ${role} ${textOf(container.name)}`);
      note(notes, missing(limits, allowed), `limit for ${role} ${textOf(container.name)}`);
      const all = { requests: { ...requests, ...asked }, limits: { ...limits, ...allowed } };
      const said = Object.entries(all).filter(([, amounts]) => Object.keys(amounts).length > 0);
      return { ...container, resources: { ...resources, ...Object.fromEntries(said) } };
    };
  const spec = specOf(pod);
  const filled = {
    ...pod,
    spec: {
      ...spec,
      containers: itemsOf(spec.containers).map(fill('container')),
      ...(spec.initContainers
        ? { initContainers: itemsOf(spec.initContainers).map(fill('init container')) }
        : {}),
    },
  };
  if (notes.length === 0) return filled;
  const annotations = {
    ...pod.metadata.annotations,
    [NOTED]: `LimitRanger plugin set: ${notes.join('; ')}`,
  };
  return { ...filled, metadata: { ...pod.metadata, annotations } };
}

function missing(wanted: Fields, said: Fields): string[] {
  return Object.keys(wanted)
    .filter((resource) => said[resource] === undefined)
    .sort();
}

function note(notes: string[], resources: readonly string[], what: string): void {
  if (resources.length > 0) notes.push(`${resources.join(', ')} ${what}`);
}

const isFor =
  (type: string) =>
  (item: Fields): boolean =>
    item.type === type;

/** In the words of the API: first what is too little, then what is too much. */
function faultsIn(pod: KubeObject, item: Fields): string[] {
  const { containers, initContainers } = specOf(pod);
  if (item.type === 'Pod') return boundFaults('Pod', item, total(itemsOf(containers)));
  if (item.type !== 'Container') return [];
  return [...itemsOf(containers), ...itemsOf(initContainers)].flatMap((container) => {
    const { requests, limits } = fieldsOf(container.resources);
    return boundFaults('Container', item, {
      requests: fieldsOf(requests),
      limits: fieldsOf(limits),
    });
  });
}

interface Amounts {
  readonly requests: Fields;
  readonly limits: Fields;
}

function boundFaults(type: string, { min, max }: Fields, { requests, limits }: Amounts): string[] {
  const least = Object.entries(fieldsOf(min)).flatMap(([resource, bound]): string[] => {
    const says = `minimum ${resource} usage per ${type} is ${bound}`;
    const request = requests[resource];
    if (request === undefined) return [`${says}.  No request is specified`];
    if (amount(request) < amount(bound)) return [`${says}, but request is ${request}`];
    const limit = limits[resource];
    return limit !== undefined && amount(limit) < amount(bound)
      ? [`${says}, but limit is ${limit}`]
      : [];
  });
  const most = Object.entries(fieldsOf(max)).flatMap(([resource, bound]): string[] => {
    const says = `maximum ${resource} usage per ${type} is ${bound}`;
    const limit = limits[resource];
    if (limit === undefined) return [`${says}.  No limit is specified`];
    if (amount(limit) > amount(bound)) return [`${says}, but limit is ${limit}`];
    const request = requests[resource];
    return request !== undefined && amount(request) > amount(bound)
      ? [`${says}, but request is ${request}`]
      : [];
  });
  return [...least, ...most];
}

function total(containers: readonly Fields[]): Amounts {
  const sum = (list: 'requests' | 'limits'): Fields => {
    const sums: Record<string, number> = {};
    for (const { resources } of containers) {
      for (const [resource, value] of Object.entries(fieldsOf(fieldsOf(resources)[list]))) {
        sums[resource] = (sums[resource] ?? 0) + amount(value);
      }
    }
    return sums;
  };
  return { requests: sum('requests'), limits: sum('limits') };
}

function amount(value: unknown): number {
  return parseQuantity(String(value));
}
