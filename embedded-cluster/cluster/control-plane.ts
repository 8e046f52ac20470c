/** The part of a cluster that decides: its objects, the API in front of them, and the controllers. */

import type { Clock } from '../base/clock.ts';
import { createRandom, randomUid } from '../base/random.ts';
import { startServiceAccountTokens } from '../kubernetes/api/access/service-account-tokens.ts';
import { createTokens, type Tokens } from '../kubernetes/api/access/tokens.ts';
import type { Admissions } from '../kubernetes/api/admission/admission.ts';
import type { DecidedCall } from '../kubernetes/api/call.ts';
import { createCatalog } from '../kubernetes/api/catalog.ts';
import { createFaults, type Faults } from '../kubernetes/api/faults/faults.ts';
import { createFront, type Front } from '../kubernetes/api/front.ts';
import { createObjects } from '../kubernetes/api/objects/objects.ts';
import type { PodLogs } from '../kubernetes/api/pod-logs.ts';
import { namespaces } from '../kubernetes/collection.ts';
import { startControllers } from '../kubernetes/controllers/start.ts';
import { createStore } from '../kubernetes/store/store.ts';
import type { Running, World } from '../kubernetes/world.ts';
import { KINDS_AT_BIRTH } from './kinds.ts';

export interface ControlPlaneOptions {
  readonly clock: Clock;
  readonly seed: number;
  readonly allocateClusterIP: () => string;
  /** PEM; empty where nobody speaks TLS. */
  readonly ca: string;
  readonly podLogs?: PodLogs;
  /** What admission makes of the image of a new pod's container. */
  readonly rewriteImage?: (image: string) => string;
  readonly admissions?: Admissions;
  readonly onCall?: (call: DecidedCall) => void;
}

export interface ControlPlane extends Running {
  readonly world: World;
  readonly front: Front;
  readonly tokens: Tokens;
  readonly adminToken: string;
  readonly apiFaults: Faults;
}

const NAMESPACES_AT_BIRTH = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

export function startControlPlane(options: ControlPlaneOptions): ControlPlane {
  const { clock, seed, allocateClusterIP, rewriteImage, ca, podLogs, admissions, onCall } = options;
  const random = createRandom(seed);
  const store = createStore();
  const objects = createObjects({
    store,
    clock,
    random,
    allocateClusterIP,
    ...(rewriteImage ? { rewriteImage } : {}),
  });
  const world: World = { store, objects, clock, random };
  const catalog = createCatalog(store, KINDS_AT_BIRTH);
  const tokens = createTokens(world);
  const identity = { tokens, adminToken: randomUid(random) };
  const front = createFront(world, {
    catalog,
    ...identity,
    ...(podLogs ? { podLogs } : {}),
    ...(admissions ? { admissions } : {}),
    ...(onCall ? { onCall } : {}),
  });
  const running = [
    startServiceAccountTokens(world, { tokens, ca }),
    startControllers(world, catalog.kinds),
  ];
  for (const name of NAMESPACES_AT_BIRTH) namespaces(world).create({ metadata: { name } });
  return {
    world,
    front,
    ...identity,
    apiFaults: createFaults(world, front, identity),
    stop: () => running.forEach((one) => one.stop()),
  };
}
