/** What is wrong with a config although each of its parts is what the schema wants. */

import type { ConfigIssue } from '../../core/base/config-issue.ts';
import type { ReleaseConfig } from '../../core/config/schema.ts';
import { semanticIssues as configIssues } from '../../core/config/semantics.ts';
import { expressionIssues } from '../expressions/expressions.ts';
import { didYouMean } from './check.ts';

/** `found` are the faults that the schema has found in the same document. */
export function semanticIssues(value: unknown, found: readonly ConfigIssue[]): ConfigIssue[] {
  const config = soundPart(value, found);
  return config ? [...configIssues(config, didYouMean), ...expressionIssues(config)] : [];
}

const ENTRY = /^\/(analysis\/metrics|rollback\/triggers)\/(\d+)/;
const HARMLESS = { health: 'restarts' } as const;

/**
 * What only makes sense together can be looked at where its parts are what they should be: entries
 * that are not are left out, so that one bad trigger does not hide another.
 */
function soundPart(value: unknown, faults: readonly ConfigIssue[]): ReleaseConfig | undefined {
  const inside = faults.filter(({ path }) => /^\/((analysis|rollback)\b|$)/.test(path));
  if (inside.some(({ path }) => !ENTRY.test(path))) return undefined;
  const config = value as ReleaseConfig; // all of it that is looked at has been checked
  const bad = new Set(inside.map(({ path }) => ENTRY.exec(path)?.[0]));
  const triggers = config.rollback?.triggers?.map((trigger, index) =>
    bad.has(`/rollback/triggers/${index}`) ? HARMLESS : trigger,
  );
  const metrics = config.analysis?.metrics?.map((metric, index) =>
    bad.has(`/analysis/metrics/${index}`)
      ? { name: String(metric?.name), provider: 'pods' as const, series: '-' }
      : metric,
  );
  const { notifications, security, ...rest } = config;
  const isSound = (section: string): boolean =>
    !faults.some(({ path }) => path.startsWith(section));
  return {
    ...rest,
    ...(notifications && isSound('/notifications') ? { notifications } : {}),
    ...(security && isSound('/security') ? { security } : {}),
    ...(triggers ? { rollback: { triggers } } : {}),
    ...(metrics ? { analysis: { ...config.analysis, metrics } } : {}),
  };
}
