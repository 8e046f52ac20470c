/**
 * What is wrong with a config although the schema accepts it: metrics that no one measures, limits
 * that nothing can reach, sources that lack what they need. All of it, with paths.
 */
import type { ConfigIssue, Suggest } from '../base/config-issue.ts';
import { policyIssues } from '../security/policy/issues.ts';
import type { ReleaseConfig } from './schema.ts';
import { analysisIssues } from './sections/analysis.ts';
import { notificationIssues } from './sections/notifications.ts';
import { rollbackIssues } from './sections/rollback.ts';

export function semanticIssues(config: ReleaseConfig, suggest: Suggest): ConfigIssue[] {
  const { analysis, rollback, notifications, security } = config;
  const metrics = (analysis?.metrics ?? []).map(({ name }) => name);
  return [
    ...analysisIssues(analysis),
    ...rollbackIssues(rollback, metrics, suggest),
    ...notificationIssues(notifications),
    ...policyIssues(security ?? {}).map(({ path, message }) => ({
      path: `/security${path}`,
      message,
    })),
  ];
}
