/**
 * Whether what stands in a journal can be a release's. Anyone who may edit ConfigMaps can write anything
 * there, and what is in it is acted on: so all that is acted on is looked at first. Texts say what is
 * wrong, and where.
 */
import { ROUTERS, STRATEGIES } from '../base/vocabulary.ts';
import { ANNOTATION_ENDINGS } from '../cluster/ownership.ts';
import { ROLLING_PHASES, TWO_SIDED_PHASES } from '../state/state.ts';

type Json = Readonly<Record<string, unknown>>;
/** Undefined: fine. Otherwise the path from where it was looked at, and what is wrong there. */
type Check = (value: unknown) => string | undefined;

/** As Kubernetes has names; a release's own may be longer, and never leads anywhere. */
const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;
const RELEASE = /^[A-Za-z0-9]([-A-Za-z0-9._]{0,251}[A-Za-z0-9])?$/;

const name: Check = (value) =>
  typeof value === 'string' && NAME.test(value) ? undefined : ' is no name';
const release: Check = (value) =>
  typeof value === 'string' && RELEASE.test(value) ? undefined : ' is no name of a release';
/** A release that could not bring back all pods has left more than its name. */
const MARK = new RegExp(`^(.*?)(${Object.values(ANNOTATION_ENDINGS).join('|')})?$`);
const mark: Check = (value) =>
  typeof value === 'string' && release(MARK.exec(value)?.[1]) === undefined
    ? undefined
    : ' is no mark of a release';
const text: Check = (value) => (typeof value === 'string' ? undefined : ' is no text');
const number: Check = (value) => (Number.isFinite(value) ? undefined : ' is not a number');
/** More pods than a cluster of Kubernetes holds: to scale to it is to take every node. */
const MOST_COUNT = 200_000;
const count: Check = (value) =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MOST_COUNT
    ? undefined
    : ' is no count';
const object: Check = (value) => (isObject(value) ? undefined : ' is not an object');
const oneOf =
  (values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value) ? undefined : ` must be one of ${values.join(', ')}`;
const maybe =
  (check: Check): Check =>
  (value) =>
    value === undefined ? undefined : check(value);
const each =
  (check: Check): Check =>
  (value) => {
    if (!Array.isArray(value)) return ' is no list';
    for (const [index, item] of value.entries()) {
      const fault = check(item);
      if (fault !== undefined) return `/${index}${fault}`;
    }
    return undefined;
  };
const labels: Check = (value) => {
  if (!isObject(value)) return ' is not an object';
  const isOdd = Object.values(value).some((item) => typeof item !== 'string');
  return isOdd ? ' has a value that is no text' : undefined;
};
const fields =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) => {
    if (!isObject(value)) return ' is not an object';
    for (const [key, check] of Object.entries(checks)) {
      const fault = check(value[key]);
      if (fault !== undefined) return `/${key}${fault}`;
    }
    return undefined;
  };

const template = fields({ spec: fields({ containers: each(fields({ name })) }) });
const selector = fields({ matchLabels: maybe(labels) });
const workload = fields({
  name,
  uid: text,
  replicas: count,
  selector,
  template,
  mark: maybe(mark),
});

/** Earlier versions lack some; what is there is what is walked through. */
const settings = fields({
  ...{ drain: object, limits: object, preflight: object },
  analysis: fields({ traffic: maybe(object), metrics: maybe(each(object)) }),
  triggers: maybe(each(object)),
  notifications: maybe(each(object)),
  podMetrics: maybe(object),
});

const evidence = fields({
  availability: maybe(fields({ probes: maybe(object), usual: maybe(object) })),
  decision: maybe(fields({ candidate: object, stable: object, numbers: maybe(object) })),
});

const selectors = fields({ found: labels, stable: labels, candidate: labels, both: labels });

const routing = fields({
  router: oneOf(ROUTERS),
  routes: maybe(each(fields({ kind: text, name, rules: each(fields({ before: each(object) })) }))),
  hosts: maybe(each(text)),
  destinationRule: maybe(fields({ name })),
});

const common = {
  version: oneOf([1]),
  release,
  at: number,
  namespace: name,
  service: name,
  container: name,
  image: fields({ reference: text, tag: text }),
  previousImage: text,
  port: count,
  servicePort: count,
  settings,
  floor: count,
} satisfies Readonly<Record<string, Check>>;

const PLANS: Readonly<Record<'rolling' | 'two-sided', Check>> = {
  rolling: fields({ ...common, workload, template: maybe(template) }),
  'two-sided': fields({
    ...common,
    stable: workload,
    candidate: fields({
      name,
      labels,
      selector,
      template,
      replicas: count,
      before: maybe(workload),
    }),
    selectors,
    previewService: name,
    furtherServices: maybe(each(fields({ name, selectors }))),
    autoscaler: maybe(fields({ name })),
    routing,
    steps: each(fields({ weightPercent: count, watchMs: number })),
  }),
};

const state = (phases: readonly string[]): Check =>
  fields({
    phase: oneOf(phases),
    direction: oneOf(['forward', 'back']),
    since: number,
    startedAt: number,
    pausedMs: maybe(number),
    wait: maybe(fields({ kind: oneOf(['running', 'skipped', 'paused']) })),
    evidence,
    outcome: maybe(oneOf(['promoted', 'rolled-back', 'failed', 'unchanged'])),
  });

const entry: Check = (value) => {
  if (!isObject(value) || !isObject(value.plan)) return ' has no plan';
  const strategy = oneOf(STRATEGIES)(value.plan.strategy);
  if (strategy !== undefined) return `/plan/strategy${strategy}`;
  const isRolling = value.plan.strategy === 'rolling';
  return fields({
    plan: PLANS[isRolling ? 'rolling' : 'two-sided'],
    state: state(isRolling ? ROLLING_PHASES : TWO_SIDED_PHASES),
    actions: each(object),
  })(value);
};

const record = fields({
  release,
  strategy: oneOf(STRATEGIES),
  outcome: oneOf(['promoted', 'rolled-back', 'failed', 'unchanged']),
  from: text,
  to: text,
  startedAt: number,
  endedAt: number,
  evidence: object,
  before: maybe(template),
  warm: maybe(fields({ deployment: name, uid: text, until: number })),
});

const journal = fields({
  current: maybe(entry),
  history: each(record),
  answers: maybe(each(fields({ id: text, text, at: number, as: maybe(fields({ user: text })) }))),
});

/** Why it is no journal: `current/plan/namespace is no name`. Undefined where it is one. */
export function journalIssue(value: unknown): string | undefined {
  return journal(value)?.replace(/^\//, '');
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
