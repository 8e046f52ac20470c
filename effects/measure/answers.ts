/** Asks through the Service over fresh connections, and tells by a header which side answered. */

import { other, type Side } from '../../core/base/vocabulary.ts';
import type { Report } from '../../core/cluster/observation.ts';
import { isServing } from '../../core/kubernetes/pods/pods.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { schemeOf, speaking, trafficPath, urlOf } from '../../core/smoke/checks.ts';
import { strategyOf } from '../../core/strategies/registry.ts';
import type { StageContext } from '../context/stage-context.ts';
import type { Observer } from '../kube/watch/observer.ts';

const ANSWER_TIMEOUT_MS = 3_000;
/** So many fresh connections in a row, all to the same side, are no chance. */
export const ANSWERS = 10;

/** Whether fresh connections through the Service all reach `side`, told by the configured header. */
export async function answers(
  { ask }: StageContext,
  plan: Plan,
  observer: Observer,
  side: Side,
): Promise<Pick<Report, 'failures' | 'cannotTell'>> {
  const { confirm } = plan.settings.drain;
  const view = observer.look();
  const { service } = view;
  if (!confirm || !service) return { failures: ['nothing to ask'] };
  const sides = strategyOf(plan).sides(plan, view);
  const scheme = schemeOf(plan, plan.port);
  const path = confirm.path ?? trafficPath(plan);
  const headerAt = async (url: string): Promise<string | undefined> => {
    const request = { method: 'GET', url, timeoutMs: ANSWER_TIMEOUT_MS, ...speaking(scheme) };
    const answer = await ask(request);
    return answer.headers.get(confirm.header.toLowerCase());
  };
  const own = async (of: Side): Promise<string | undefined> => {
    const ip = sides[of].find(isServing)?.status?.podIP;
    return ip === undefined ? undefined : headerAt(urlOf(scheme, ip, plan.port, path));
  };
  const [expected, unexpected] = await Promise.all([own(side), own(other(side))]);
  if (expected === undefined) {
    return { failures: [`no ${side} pod answers with the header ${confirm.header}`] };
  }
  if (expected === unexpected) {
    return { failures: [], cannotTell: `both sides answer the same ${confirm.header}` };
  }
  const url = urlOf(scheme, service.spec.clusterIP ?? '', plan.servicePort, path);
  for (let asked = 0; asked < ANSWERS; asked += 1) {
    const seen = await headerAt(url);
    if (seen !== expected) {
      const what = seen === undefined ? `without ${confirm.header}` : `another ${confirm.header}`;
      return { failures: [`${url} answered ${what}`] };
    }
  }
  return { failures: [] };
}
