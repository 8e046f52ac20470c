/**
 * The prober of a stage in the simulated world: through the proxy of one node, as clients go. A kept
 * connection stays with the pod that it was opened to, for as long as that lives.
 */
import type { OpenLane, Probed } from '../../../effects/http/probe-connection.ts';
import type { SimulatedCluster } from '../../../embedded-cluster/cluster/simulated-cluster.ts';
import { pods, services } from '../../../embedded-cluster/kubernetes/collection.ts';
import { NAMESPACE } from '../service.ts';
import type { ProcessLifecycle } from './process-lifecycle.ts';

export function simulatedLanes(cluster: SimulatedCluster, life: ProcessLifecycle): OpenLane {
  return ({ host, port, target }, connection) => {
    let held: string | undefined;
    const ask = (): Probed => {
      const over = held === undefined ? 'fresh' : 'kept-alive';
      const request = { method: 'GET', path: target.kind === 'http' ? target.path : '/' };
      const service = services(cluster.world)
        .list(NAMESPACE)
        .find(({ spec }) => spec.clusterIP === host);
      const name = service?.metadata.name ?? '';
      const through =
        held === undefined ? cluster.request(NAMESPACE, name, port, request) : undefined;
      const response = through ?? cluster.requestPod(held ?? '', request);
      if (response.type !== 'answered') {
        held = undefined;
        const how = response.type === 'refused' || over === 'fresh' ? 'refused' : 'reset';
        return { kind: 'lost', over, how, why: response.type };
      }
      const { status, headers = {} } = response.answer;
      const keeps = connection === 'kept-alive' && headers.connection !== 'close';
      if (!keeps) held = undefined;
      else if (through?.type === 'answered') held = addressOf(cluster, through.podName);
      return { kind: 'answered', over, status };
    };
    return { ask: () => life.guard(Promise.resolve().then(ask)), renew: () => (held = undefined) };
  };
}

function addressOf({ world }: SimulatedCluster, podName: string | undefined): string | undefined {
  if (podName === undefined) return undefined;
  const { podIP } = pods(world).get(NAMESPACE, podName)?.status ?? {};
  return typeof podIP === 'string' ? podIP : undefined;
}
