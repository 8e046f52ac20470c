/**
 * What a pod asks of a node, as the scheduler counts it
 * (https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers):
 * what its containers and sidecars ask for together, or what an init container does beside the sidecars
 * that run by then, whichever is more; and the overhead of its runtime.
 */
import type { PodSpec, Resources } from '../objects.ts';
import { quantity } from './quantity.ts';

/** By resource, in cores, bytes or pieces. */
export type Amounts = Readonly<Record<string, number>>;

type Bound = 'requests' | 'limits';

/** Of a pod; `pods` is one of them. */
export function requestsOf(spec: PodSpec): Amounts {
  return { ...amountsOf(spec, 'requests'), pods: 1 };
}

export function limitsOf(spec: PodSpec): Amounts {
  return amountsOf(spec, 'limits');
}

function amountsOf(spec: PodSpec, bound: Bound): Amounts {
  let beside: Amounts = {};
  let starting: Amounts = {};
  for (const container of spec.initContainers ?? []) {
    const own = added(beside, given(container.resources, bound));
    if (container.restartPolicy === 'Always') beside = own;
    starting = larger(starting, own);
  }
  const running = spec.containers.reduce(
    (sum, { resources }) => added(sum, given(resources, bound)),
    beside,
  );
  // Where a pod says what all of it may have, its containers do not count.
  const whole = { ...larger(starting, running), ...given(spec.resources, bound) };
  return added(whole, amountsIn(spec.overhead));
}

/** Who names only a limit asks for as much. */
function given(resources: Resources | undefined, bound: Bound): Amounts {
  const limits = amountsIn(resources?.limits);
  return bound === 'limits' ? limits : { ...limits, ...amountsIn(resources?.requests) };
}

/** Quantities as they are written. */
export function amountsIn(written: Readonly<Record<string, string>> = {}): Amounts {
  const entries = Object.entries(written);
  return Object.fromEntries(entries.map(([name, amount]) => [name, quantity(amount)]));
}

export function added(a: Amounts, b: Amounts): Amounts {
  return combined(a, b, (x, y) => x + y);
}

export function minus(a: Amounts, b: Amounts): Amounts {
  return combined(a, b, (x, y) => x - y);
}

function larger(a: Amounts, b: Amounts): Amounts {
  return combined(a, b, Math.max);
}

function combined(a: Amounts, b: Amounts, how: (x: number, y: number) => number): Amounts {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries([...names].map((name) => [name, how(a[name] ?? 0, b[name] ?? 0)]));
}
