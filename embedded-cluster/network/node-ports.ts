/** Gives the ports of NodePort Services a port of 127.0.0.1, where they do not name one. */
import { services } from '../kubernetes/collection.ts';
import type { Service } from '../kubernetes/shapes.ts';
import type { Running, World } from '../kubernetes/world.ts';

const FIRST = 30_000;
const COUNT = 2768;

export function startNodePorts(world: World): Running {
  const unwatch = services(world).watch(({ type, object }) => {
    if (type !== 'DELETED' && isMissingOne(object)) assign(world, object);
  });
  return { stop: unwatch };
}

function isMissingOne({ spec }: Service): boolean {
  return spec.type === 'NodePort' && (spec.ports ?? []).some(({ nodePort }) => !nodePort);
}

function assign(world: World, { metadata }: Service): void {
  // As it is now: what a listener is told may be the past already.
  const service = services(world).get(metadata.namespace, metadata.name);
  if (!service || !isMissingOne(service)) return;
  const all = services(world).list();
  const taken = new Set(all.flatMap(({ spec }) => (spec.ports ?? []).map((port) => port.nodePort)));
  // By chance, as other clusters of this machine have ports of 127.0.0.1 too.
  const start = Math.floor(world.random() * COUNT);
  const next = (): number => {
    for (let tried = 0; tried < COUNT; tried++) {
      const port = FIRST + ((start + tried) % COUNT);
      if (taken.has(port)) continue;
      taken.add(port);
      return port;
    }
    throw new Error(`none of the ${COUNT} ports from ${FIRST} on is left`);
  };
  const ports = service.spec.ports?.map((port) => ({ ...port, nodePort: port.nodePort ?? next() }));
  services(world).update({ ...service, spec: { ...service.spec, ...(ports ? { ports } : {}) } });
}
