/** Queries, paths and conditions of the config that are none, found before anything asks by them. */
import type { ConfigFault } from '../../core/config/issue.ts';
import type { WrittenConfig } from '../../core/config/written.ts';
import { conditionFault } from './cel.ts';
import { pathFault } from './json-path.ts';
import { queryFault } from './promql.ts';

export function expressionFaults({ analysis }: WrittenConfig): ConfigFault[] {
  return (analysis?.metrics ?? []).flatMap((metric, index) => {
    const { query, path, successCondition, failureCondition } = metric;
    const found = {
      query: query === undefined ? undefined : queryFault(query),
      path: path === undefined ? undefined : pathFault(path),
      successCondition: successCondition && conditionFault(successCondition),
      failureCondition: failureCondition && conditionFault(failureCondition),
    };
    return Object.entries(found).flatMap(([key, message]) =>
      message ? [{ path: `/analysis/metrics/${index}/${key}`, message }] : [],
    );
  });
}
