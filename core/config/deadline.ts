/** The time that the deploy stage has: what Tekton gives its Task, beside what the config gives the release. */

import type { ConfigIssue } from '../base/config-issue.ts';
import { formatDuration } from '../base/duration.ts';

/** The timeout of the Task `deploy` in the Pipeline. A Task cannot ask for its own; a test holds the two together. */
export const DEPLOY_TIMEOUT = '40m';

/** Its pod has to start, and a release that is out of time has to turn back before it is killed. */
const RESERVE_MS = 60_000;

/** A release that may take longer than its Task is killed in the middle of it. */
export function timeIssues(maxMs: number, stageMs: number): ConfigIssue[] {
  if (maxMs + RESERVE_MS <= stageMs) return [];
  const message = `${formatDuration(maxMs)} does not fit into the deploy Task, which Tekton ends after ${formatDuration(stageMs)} (${formatDuration(RESERVE_MS)} of it are for starting and for going back): lower it, or give the Task and the run longer timeouts and say so with the param deploy-timeout`;
  return [{ path: '/limits/maxDuration', message }];
}
