/** HTTP to pods, Services and the image registry of the simulated cluster, in virtual time. */
import type { Ask, HttpAnswer, HttpRequest } from '../../../effects/http/http.ts';
import { sleep } from '../../../embedded-cluster/base/clock.ts';
import type {
  ServiceResponse,
  SimulatedCluster,
} from '../../../embedded-cluster/cluster/simulated-cluster.ts';
import { services } from '../../../embedded-cluster/kubernetes/collection.ts';
import type { ScriptedResponse } from '../../../embedded-cluster/node/scripted-runtime.ts';
import { NAMESPACE, REPOSITORY } from '../service.ts';
import type { ProcessLifecycle } from './process-lifecycle.ts';

export function simulatedAsk(
  cluster: SimulatedCluster,
  life: ProcessLifecycle,
  latencyMs: () => number,
): Ask {
  const { clock } = cluster;
  const registry = new URL(`https://${REPOSITORY}`).host;
  return (request) =>
    life.guard(
      (async () => {
        await sleep(clock, latencyMs());
        const url = new URL(request.url);
        const answer =
          url.host === registry ? fromRegistry(cluster, url) : await fromPod(cluster, request, url);
        await sleep(clock, latencyMs());
        return answer;
      })(),
    );
}

async function fromPod(
  cluster: SimulatedCluster,
  { method, timeoutMs }: HttpRequest,
  url: URL,
): Promise<HttpAnswer> {
  const response = respond(cluster, url, method);
  if (response.type !== 'answered') return failed(`connect ECONNREFUSED ${url.host}`);
  const { status, body = '', headers = {}, afterMs = 0 } = response.answer;
  await sleep(cluster.clock, Math.min(afterMs, timeoutMs));
  if (afterMs > timeoutMs) return failed(`no answer within ${timeoutMs} ms`);
  return { kind: 'answered', status, body, headers: new Map(Object.entries(headers)) };
}

function respond(
  cluster: SimulatedCluster,
  url: URL,
  method: string,
): ScriptedResponse | ServiceResponse {
  const request = { method, path: url.pathname };
  const service = services(cluster.world)
    .list(NAMESPACE)
    .find(({ spec }) => spec.clusterIP === url.hostname);
  if (!service) return cluster.requestPod(url.hostname, request);
  return cluster.request(NAMESPACE, service.metadata.name, Number(url.port || 80), request);
}

function fromRegistry({ images }: SimulatedCluster, { pathname, host }: URL): HttpAnswer {
  const [, repository, tag] = /^\/v2\/(.+)\/manifests\/(.+)$/.exec(pathname) ?? [];
  const image = images.resolve(`${host}/${repository}:${tag}`);
  const headers = new Map(image ? [['docker-content-digest', image.digest]] : []);
  return { kind: 'answered', status: image ? 200 : 404, body: '', headers };
}

function failed(why: string): HttpAnswer {
  return { kind: 'failed', why, headers: new Map() };
}
