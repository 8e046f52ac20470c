/** What triggers look at, and what one look at one trigger finds. */

import type { Instant, Side } from '../base/vocabulary.ts';
import type { MeasuredWindow } from '../judge/sample.ts';
import type { Health } from '../metrics/kubernetes.ts';
import type { Measured } from '../metrics/metric.ts';

/** By the metric's name; a dependency's check is `dependency/<name>`, and good when it is 1. */
export type Values = Readonly<Record<string, Measured>>;

export interface Facts {
  readonly at: Instant;
  /** What both sides did in the last milliseconds; undefined where nothing was counted. */
  readonly over: (ms: number) => MeasuredWindow | undefined;
  readonly values: Readonly<Record<Side, Values>>;
  /** Of the candidate. */
  readonly health: Health;
  /** Requests a second that the whole service answered when the watch began. */
  readonly usualThroughput: number | undefined;
}

/** `no-data` is too little to say; `unmeasurable` is nothing at all, and why. */
export type Finding = {
  readonly kind: 'calm' | 'no-data' | 'unmeasurable' | 'exceeded';
  readonly why: string;
};

export function finding(kind: Finding['kind'], why: string): Finding {
  return { kind, why };
}

const DEPENDENCY = 'dependency/';

/** The name under `values` of a dependency's check, where a trigger asks for it. */
export function dependencyKey(name: string): string {
  return `${DEPENDENCY}${name}`;
}

/** A check is not a number: it works, or it does not. */
export function isCheck(key: string): boolean {
  return key.startsWith(DEPENDENCY);
}
