/**
 * Keeps count of what a stage sends to pods itself: smoke checks, scrapes, drain hooks and the drain
 * probe. Counted as they are sent, for a pod may have counted them before it has answered.
 */
import type { Counted } from '../../core/judge/sample.ts';
import { type ByPath, bare, NOTHING, sum } from '../../core/metrics/page/families.ts';
import type { StageContext } from '../context/stage-context.ts';
import type { Ask } from '../http/http.ts';
import type { KeepAliveAnswer, KeepAliveConnection } from '../http/keep-alive-connection.ts';

export interface OwnRequests {
  /** The same outside; what is asked through it is counted. */
  readonly context: StageContext;
  /** What was sent to a host so far, and answered with an error, by path. */
  to(host: string): ByPath;
}

export function countOwnRequests(context: StageContext): OwnRequests {
  const hosts = new Map<string, Record<string, Counted>>();
  const count = (host: string, path: string, counts: Counted): void => {
    const paths = hosts.get(host) ?? {};
    hosts.set(host, paths);
    const told = bare(path) ?? '/';
    paths[told] = sum(paths[told] ?? NOTHING, counts);
  };
  const ask: Ask = async (request) => {
    const { hostname, pathname } = new URL(request.url);
    // An address of IPv6 has brackets in a URL, and none in a pod's status.
    const host = hostname.replace(/^\[|\]$/g, '');
    count(host, pathname, { requests: 1, errors: 0 });
    const answer = await context.ask(request);
    if (answer.kind === 'answered') count(host, pathname, blamed(answer.status));
    return answer;
  };
  const hold: KeepAliveConnection = (address) => {
    const connection = context.hold(address);
    return {
      ...connection,
      ask: (timeoutMs): Promise<KeepAliveAnswer> => {
        count(address.host, address.path, { requests: 1, errors: 0 });
        return connection.ask(timeoutMs);
      },
    };
  };
  return { context: { ...context, ask, hold }, to: (host) => ({ ...hosts.get(host) }) };
}

function blamed(status: number): Counted {
  return { requests: 0, errors: status >= 500 ? 1 : 0 };
}
