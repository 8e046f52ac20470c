/** What a decision is called that turns a release back: one word of a closed list for its rule. */
import { because, type Cause, type EndCode } from '../base/vocabulary.ts';
import type { Decision } from './analysis-state.ts';

/** `why` says it in full; the rule names who decided: see `Decision.rule`. */
export function causeOf({ rule, verdict }: Pick<Decision, 'rule' | 'verdict'>, why: string): Cause {
  return because(verdict === 'unmeasurable' ? 'unmeasurable' : codeOf(rule), why);
}

function codeOf(rule: string): EndCode {
  if (rule.startsWith('trigger ')) return 'rollback-condition';
  if (rule === 'metric') return 'own-metric';
  const [, metric = ''] = rule.split(': ');
  if (metric.startsWith('error')) return 'errors';
  return /^(latency|p\d)/.test(metric) ? 'latency' : 'judged-worse';
}
