/** What stands in a journal of every strategy's plan. */
import type { Check as Asked, GrpcCheck, HttpCheck, TcpCheck } from '../../base/check.ts';
import type { ImageChoice, MetricsPlan } from '../../cluster/plan-input.ts';
import type { ProbeTarget } from '../../cluster/prober.ts';
import type { Hardening } from '../../cluster/workload/hardening.ts';
import type { HttpProbe } from '../../kubernetes/pods/probes.ts';
import type { PlanBase } from '../plan.ts';
import {
  count,
  each,
  fields,
  flag,
  type JsonShape,
  labels,
  maybe,
  name,
  number,
  type One,
  object,
  oneOf,
  releaseName,
  text,
  variants,
} from './json.ts';
import { settings } from './settings.ts';
import { numberOrText } from './workloads.ts';

const named = { kind: text, name: text, port: maybe(count), timeoutMs: number };
const readinessCheck = variants<Asked['kind']>('kind', {
  http: fields<HttpCheck>({
    ...named,
    scheme: text,
    host: maybe(text),
    method: text,
    path: text,
    headers: labels,
    body: maybe(text),
    expectedStatus: maybe(numberOrText),
    expectedText: maybe(text),
  }),
  tcp: fields<TcpCheck>(named),
  grpc: fields<GrpcCheck>({ ...named, service: text }),
});

const metrics = variants<MetricsPlan['kind']>('kind', {
  pods: fields<One<MetricsPlan, 'pods'>>({
    kind: text,
    port: count,
    path: text,
    scheme: maybe(text),
    probes: maybe(each(fields<HttpProbe>({ path: text, everyMs: number }))),
  }),
  none: fields<One<MetricsPlan, 'none'>>({ kind: text, why: text, unreadable: maybe(flag) }),
});

export const hardeningShape = fields<Hardening>({
  sleepSeconds: number,
  requestSeconds: number,
  by: oneOf(['sleep', 'exec']),
});

/** What the plan of every strategy has. */
export const PLAN_BASE = {
  version: oneOf([1]),
  release: releaseName,
  at: number,
  namespace: name,
  service: name,
  container: name,
  image: fields<ImageChoice>({ reference: text, tag: text, digest: maybe(text) }),
  previousImage: text,
  port: count,
  servicePort: count,
  readinessPath: maybe(text),
  readinessChecks: maybe(each(readinessCheck)),
  scheme: maybe(text),
  metrics,
  probe: maybe(
    variants<ProbeTarget['kind']>('kind', {
      http: fields<One<ProbeTarget, 'http'>>({ kind: text, path: text }),
      tcp: object,
    }),
  ),
  settings,
  floor: count,
} satisfies Readonly<Record<keyof PlanBase, JsonShape>>;
