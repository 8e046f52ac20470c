/** Queries, paths and conditions of the config that are none, found before anything asks by them. */
import type { ConfigIssue } from '../../core/base/config-issue.ts';
import type { ReleaseConfig } from '../../core/config/schema.ts';
import { expressionsOf } from '../../core/metrics/custom-metric.ts';
import type { Language } from '../../core/metrics/providers/provider.ts';
import { conditionIssue } from './cel.ts';
import { pathIssue } from './json-path.ts';
import { queryIssue } from './promql.ts';

/** What keeps a text from being one of the language; undefined where it is one. */
const ISSUES: Readonly<Record<Language, (text: string) => string | undefined>> = {
  promql: queryIssue,
  'json-path': pathIssue,
  cel: conditionIssue,
};

export function expressionIssues({ analysis }: ReleaseConfig): ConfigIssue[] {
  return (analysis?.metrics ?? []).flatMap((metric, index) =>
    expressionsOf(metric).flatMap(({ key, language, text }) => {
      const message = ISSUES[language](text);
      return message ? [{ path: `/analysis/metrics/${index}/${key}`, message }] : [];
    }),
  );
}
