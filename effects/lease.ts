/** Holds the Lease that says which process may drive a service's release, and notices when it is lost. */
import type { Lease } from '../core/kubernetes/objects.ts';
import { claimOf, handedOver, holderText, leaseName } from '../core/release/lease.ts';
import { MANAGED_BY } from '../core/routers/service.ts';
import type { Instant, ReleaseId } from '../core/vocabulary.ts';
import { heldBy } from './busy.ts';
import { StageFailure } from './failure.ts';
import type { Kube } from './kube/client.ts';
import type { Outside } from './outside.ts';

/** Which release of which service. */
export interface ReleaseSubject {
  readonly release: ReleaseId;
  readonly service: string;
  readonly namespace: string;
}

export interface HeldLease {
  /** Who held it before: nobody, a process that gave it back, or one that is gone without a word. */
  readonly predecessor: Predecessor;
  /** Throws once it can no longer be sure that nobody else drives. */
  assertHeld(): void;
  /** Keeps the service for this release while no process drives it: the next stage takes over. */
  handOver(forMs: number): Promise<void>;
  /** Gives the service free. */
  release(): Promise<void>;
}

type Predecessor = 'nobody' | 'handed-over' | 'gone';

/** A process that was killed keeps others waiting for so long. */
const DURATION_MS = 15_000;
const RENEW_MS = 5_000;
const LOOK_AGAIN_MS = 1_000;

/**
 * Takes the Lease. Waits for another process of the same release, which is ending or was killed;
 * throws with exit code 4 where another release holds it.
 */
export async function takeLease(
  { kube, clock, stop, process }: Outside,
  { release, service, namespace }: ReleaseSubject,
): Promise<HeldLease> {
  const me = { release, process };
  const target = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    namespace,
    name: leaseName(service),
  };
  const write = async (previous: Lease | undefined, holder: string, durationMs: number) => {
    const lease = leaseFor(target, previous, holder, durationMs, clock.now());
    const written = previous ? await kube.replace(lease) : await kube.create(lease);
    return written.kind === 'done' ? (written.object as Lease) : undefined; // a write answers with it
  };
  const current = () => kube.get<Lease>(target);

  let predecessor: Predecessor = 'nobody';
  const take = async (): Promise<Lease> => {
    for (;;) {
      const found = await current();
      const claim = claimOf(found, me, clock.now());
      if (claim.kind === 'other-release') {
        throw heldBy(claim.release, service, namespace);
      }
      const taken =
        claim.kind === 'same-release' ? undefined : await write(found, holderText(me), DURATION_MS);
      if (taken) {
        predecessor = predecessorOf(found);
        return taken;
      }
      await clock.sleep(claim.kind === 'same-release' ? LOOK_AGAIN_MS : 0, stop);
      if (stop.aborted) {
        throw new StageFailure(143, `stopped while waiting for the lease ${target.name}`);
      }
    }
  };

  let held: Lease | undefined = await take();
  let renewedAt = clock.now();
  const over = new AbortController();

  const renewing = (async () => {
    for (;;) {
      await clock.sleep(RENEW_MS, over.signal);
      if (over.signal.aborted || !held) return;
      const began = clock.now();
      // A renewal that was refused or got lost is looked up: it may be ours all the same.
      const renewed: Lease | undefined =
        (await write(held, holderText(me), DURATION_MS).catch(() => undefined)) ??
        (await current()
          .then((found) => (claimOf(found, me, clock.now()).kind === 'mine' ? found : undefined))
          .catch(() => held));
      if (renewed && renewed !== held) renewedAt = began;
      held = renewed;
    }
  })();

  const finish = async (): Promise<Lease | undefined> => {
    over.abort();
    await renewing;
    return held;
  };

  return {
    predecessor,
    assertHeld: () => {
      if (held && clock.now() - renewedAt < DURATION_MS) return;
      throw new StageFailure(
        4,
        `lost the lease ${target.name}: another process may drive the release of ${service} now`,
      );
    },
    handOver: async (forMs) => {
      const lease = await finish();
      if (lease) await write(lease, handedOver(me.release), forMs);
    },
    release: async () => {
      const lease = await finish();
      if (lease) await kube.remove(target, lease.metadata.uid ?? '');
    },
  };
}

function predecessorOf(lease: Lease | undefined): Predecessor {
  const holder = lease?.spec?.holderIdentity;
  if (!holder) return 'nobody';
  return holder.endsWith('/') ? 'handed-over' : 'gone';
}

/** Whether a process of this release that is gone has left its Lease behind. */
export async function isLeftHeld(
  kube: Kube,
  namespace: string,
  service: string,
  release: ReleaseId,
): Promise<boolean> {
  const name = leaseName(service);
  const target = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace, name };
  const lease = await kube.get<Lease>(target);
  return lease?.spec?.holderIdentity?.startsWith(handedOver(release)) ?? false;
}

function leaseFor(
  target: { apiVersion: string; kind: string; namespace: string; name: string },
  previous: Lease | undefined,
  holder: string,
  durationMs: number,
  now: Instant,
): Lease {
  const { apiVersion, kind, namespace, name } = target;
  const at = new Date(now).toISOString().replace('Z', '000Z');
  const { spec } = previous ?? {};
  const same = spec?.holderIdentity === holder;
  return {
    apiVersion,
    kind,
    metadata: previous?.metadata ?? { name, namespace, labels: { ...MANAGED_BY } },
    spec: {
      holderIdentity: holder,
      leaseDurationSeconds: Math.ceil(durationMs / 1000),
      renewTime: at,
      acquireTime: same ? (spec?.acquireTime ?? at) : at,
      leaseTransitions: (spec?.leaseTransitions ?? 0) + (same ? 0 : 1),
    },
  };
}
