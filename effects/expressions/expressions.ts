/** Queries, paths and conditions of the config that are none, found before anything asks by them. */
import type { ConfigIssue } from '../../core/base/config-issue.ts';
import type { ReleaseConfig } from '../../core/config/schema.ts';
import { conditionIssue } from './cel.ts';
import { pathIssue } from './json-path.ts';
import { queryIssue } from './promql.ts';

export function expressionIssues({ analysis }: ReleaseConfig): ConfigIssue[] {
  return (analysis?.metrics ?? []).flatMap((metric, index) => {
    const { query, path, successCondition, failureCondition } = metric;
    const found = {
      query: query === undefined ? undefined : queryIssue(query),
      path: path === undefined ? undefined : pathIssue(path),
      successCondition: successCondition && conditionIssue(successCondition),
      failureCondition: failureCondition && conditionIssue(failureCondition),
    };
    return Object.entries(found).flatMap(([key, message]) =>
      message ? [{ path: `/analysis/metrics/${index}/${key}`, message }] : [],
    );
  });
}
