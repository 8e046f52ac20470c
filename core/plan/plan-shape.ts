/** What stands in a journal of every strategy's plan, as far as it is acted on. */

import { ANNOTATION_ENDINGS } from '../cluster/ownership.ts';
import {
  count,
  each,
  fields,
  type JsonShape,
  labels,
  maybe,
  name,
  number,
  object,
  oneOf,
  text,
} from './json-shape.ts';

const RELEASE = /^[A-Za-z0-9]([-A-Za-z0-9._]{0,251}[A-Za-z0-9])?$/;

export const releaseShape: JsonShape = (value) =>
  typeof value === 'string' && RELEASE.test(value) ? undefined : ' is no name of a release';
/** A release that could not bring back all pods has left more than its name. */
const MARK = new RegExp(`^(.*?)(${Object.values(ANNOTATION_ENDINGS).join('|')})?$`);
const mark: JsonShape = (value) =>
  typeof value === 'string' && releaseShape(MARK.exec(value)?.[1]) === undefined
    ? undefined
    : ' is no mark of a release';

export const templateShape = fields({ spec: fields({ containers: each(fields({ name })) }) });
export const selectorShape = fields({ matchLabels: maybe(labels) });
export const workloadShape = fields({
  name,
  uid: text,
  replicas: count,
  selector: selectorShape,
  template: templateShape,
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

/** What the plan of every strategy has. */
export const PLAN_BASE = {
  version: oneOf([1]),
  release: releaseShape,
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
} satisfies Readonly<Record<string, JsonShape>>;
