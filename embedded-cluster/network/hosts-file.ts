/** The cluster's names in a file, for programs that have no DNS server of the cluster to ask. */
import { writeFileSync } from 'node:fs';
import { endpointSlices, services } from '../kubernetes/collection.ts';
import { SERVICE_NAME_LABEL } from '../kubernetes/controllers/endpoint-slices.ts';
import type { Running, World } from '../kubernetes/world.ts';

/** Keeps `path` up to date: an address and a full name on each line. */
export function startHostsFile(world: World, path: string): Running {
  const write = (): void => writeFileSync(path, lines(world).join('\n'));
  write();
  const unwatch = [services(world).watch(write), endpointSlices(world).watch(write)];
  return {
    stop: () => {
      for (const stop of unwatch) stop();
    },
  };
}

function lines(world: World): string[] {
  return services(world)
    .list()
    .flatMap(({ metadata, spec }) => {
      const { name, namespace = '' } = metadata;
      const addresses =
        spec.clusterIP && spec.clusterIP !== 'None'
          ? [spec.clusterIP]
          : podAddresses(world, namespace, name);
      return addresses.map((address) => `${address} ${name}.${namespace}.svc.cluster.local`);
    });
}

/** A headless Service is a name for its pods. */
function podAddresses(world: World, namespace: string, service: string): string[] {
  return endpointSlices(world)
    .list(namespace)
    .filter(({ metadata }) => metadata.labels?.[SERVICE_NAME_LABEL] === service)
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready)
    .flatMap(({ addresses }) => addresses);
}
