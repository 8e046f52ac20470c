/** The service of a test behind the API in memory: its pods run, and answer whoever asks them. */
import type { ReleaseConfig } from '../../../core/config/schema.ts';
import type { Service } from '../../../core/kubernetes/network-objects.ts';
import type { KubernetesObject, Pod } from '../../../core/kubernetes/objects.ts';
import type { Deployment } from '../../../core/kubernetes/workload-objects.ts';
import { ANYWHERE } from '../../../effects/context/destinations.ts';
import type { StageContext } from '../../../effects/context/stage-context.ts';
import type { HttpAnswer, HttpRequest } from '../../../effects/http/http.ts';
import { APP, deployment, service } from '../../core/support/objects.ts';
import { BLUE } from '../../core/support/releases.ts';
import { podsOf, type StartsIn, startControllers, tagIn } from './toy-controllers.ts';
import { type FakeWorld, fakeWorld } from './world.ts';

export interface ToyService extends FakeWorld {
  /** A stage's process in it. */
  stage(name: string, own?: Partial<StageContext>): StageContext;
  /** The image that new requests reach; several where they reach several. */
  serves(): string[];
  readonly requests: readonly HttpRequest[];
}

export interface ToyOptions {
  readonly startsInMs?: StartsIn;
  /** What a path of an image answers; 200 where nothing is said. */
  readonly answers?: (path: string, image: string) => number;
  /** What the registry says of a tag; 200 where nothing is said. */
  readonly registry?: (tag: string) => number;
  readonly config?: Partial<ReleaseConfig>;
  readonly objects?: readonly KubernetesObject[];
}

const DIGEST = `sha256:${'ab'.repeat(32)}`;
const POD = { apiVersion: 'v1', kind: 'Pod' } as const;

/** Short in every way: nothing is judged, since its pods tell of no requests, and nobody probes. */
export const QUICK: Partial<ReleaseConfig> = {
  strategy: {
    rolling: { monitoring: '5s' },
    blueGreen: { monitoring: '5s' },
    canary: { monitoring: '5s', steps: [{ weight: 50, duration: '5s' }] },
  },
  drain: { minDuration: '1s', maxDuration: '5s' },
  limits: { readyTimeout: '20s', maxDuration: '5m' },
  prober: { type: 'off' },
};

/** Resolves once it serves. */
export async function toyService({
  startsInMs = () => 1_000,
  answers = () => 200,
  registry = () => 200,
  config = QUICK,
  objects = [],
}: ToyOptions = {}): Promise<ToyService> {
  const world = fakeWorld();
  const { api } = world;
  const requests: HttpRequest[] = [];
  const { status: _status, ...stable } = deployment(`${APP}-blue`, 'v1', BLUE);
  for (const each of [stable, service(BLUE), ...objects]) api.put(each);
  api.put(configMap(config));
  startControllers(world, startsInMs);
  await world.passes(3);

  const ask = async (request: HttpRequest): Promise<HttpAnswer> => {
    requests.push(request);
    const { hostname, pathname } = new URL(request.url);
    if (pathname.startsWith('/v2/')) {
      const status = registry(pathname.split('/').at(-1) ?? '');
      return answered(status, new Map([['docker-content-digest', DIGEST]]));
    }
    const image = imageAt(world, hostname);
    if (image === undefined) return { kind: 'failed', why: 'ECONNREFUSED', headers: new Map() };
    return answered(pathname === '/metrics' ? 404 : answers(pathname, image));
  };
  const outside: Partial<StageContext> = {
    ask,
    askConfigured: ask,
    destinations: async () => ANYWHERE,
    reach: async () => undefined,
    certificate: async () => ({ kind: 'none', why: 'nobody speaks TLS here' }),
    hold: ({ host }) => ({
      ask: async () => ({ kind: 'answered', last: imageAt(world, host) === undefined }),
      end: () => undefined,
    }),
    openLane: (_address, over) => ({
      ask: async () =>
        imageAt(world, CLUSTER_IP) === undefined
          ? { kind: 'lost', over, how: 'refused', why: 'ECONNREFUSED' }
          : { kind: 'answered', over, status: 200 },
      renew: () => undefined,
    }),
  };
  return {
    ...world,
    requests,
    stage: (name, own = {}) => world.process(name, { ...outside, ...own }),
    serves: () => [...new Set(reached(world).map(imageOf))],
  };
}

const CLUSTER_IP = service(BLUE).spec.clusterIP ?? '';

function configMap(config: Partial<ReleaseConfig>): KubernetesObject {
  const written = { apiVersion: 'release.zero-downtime.dev/v1', kind: 'ReleaseConfig', ...config };
  const data = { 'release.yaml': JSON.stringify(written) };
  const metadata = { name: `${APP}-release-config`, namespace: 'default' };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data } as KubernetesObject; // with its data
}

/** Of the pods, or the Service, at an address. */
function imageAt(world: FakeWorld, host: string): string | undefined {
  const pods = host === CLUSTER_IP ? reached(world) : world.api.all<Pod>(POD);
  const found = pods.find(({ status }) => host === CLUSTER_IP || status?.podIP === host);
  return found && imageOf(found);
}

function reached({ api }: FakeWorld): Pod[] {
  const own = api.found<Service>({ apiVersion: 'v1', kind: 'Service' }, APP);
  const wanted = Object.entries(own?.spec.selector ?? {});
  return api
    .all<Deployment>({ apiVersion: 'apps/v1', kind: 'Deployment' })
    .flatMap(({ metadata }) => podsOf(api, metadata.name))
    .filter(({ metadata, status }) => {
      const isReady = status?.conditions?.some(
        ({ type, status: is }) => type === 'Ready' && is === 'True',
      );
      return isReady && wanted.every(([key, value]) => metadata.labels?.[key] === value);
    });
}

function imageOf({ spec }: Pod): string {
  return tagIn(spec.containers[0]?.image);
}

function answered(status: number, headers: ReadonlyMap<string, string> = new Map()): HttpAnswer {
  return { kind: 'answered', status, body: '', headers };
}
