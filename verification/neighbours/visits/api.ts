/** An API server that is away, that forbids, or tells everything late; clocks that differ; quotas and limits. */
import { pods } from '../../../embedded-cluster/kubernetes/collection.ts';
import { NAMESPACE } from '../../world/service.ts';
import { handOf } from '../hand.ts';
import { beforeOrMeanwhile, meanwhile, type Neighbour, type Site } from '../visit.ts';

/** As long as an upgrade of a control plane of one node takes. */
const AWAY_MS = 300_000;

export const apiAway: Neighbour = {
  kind: '9',
  variants: () => ['five-minutes'],
  moment: meanwhile,
  act: ({ world: { cluster }, gate, lasts }) => {
    gate.shut();
    lasts(AWAY_MS);
    cluster.clock.after(AWAY_MS, gate.open);
  },
  isHarmless: true,
};

const VIEWS = ['pods', 'endpointslices', 'deployments', 'statefulsets'];

/** A view is too old then to go on by: what it may be by the config, and a measurement's time. */
const TOO_OLD_MS = 120_000;

/** A right that was taken away, until somebody notices after the run. */
export const listsForbidden: Neighbour = {
  kind: '9',
  variants: () => ['pods', 'endpointslices', 'all'],
  moment: meanwhile,
  act: ({ world: { cluster }, deeds, gate, atEnd }, variant) => {
    if (variant === 'all') deeds.blindUntilMs = cluster.clock.now() + TOO_OLD_MS;
    const rule = cluster.apiFaults.add({
      verbs: ['list', 'watch'],
      resources: variant === 'all' ? VIEWS : [variant],
      fault: { type: 'refused', reason: 'Forbidden' },
    });
    gate.cut();
    atEnd(rule.stop);
  },
};

const STALE_MS = 40_000;
const LATE_LIST_MS = 8_000;
const LASTS_MS = 90_000;

/** Watches that tell everything much later, and lists that are old when they come. */
export const staleViews: Neighbour = {
  kind: '9',
  variants: () => ['watches', 'lists-too'],
  moment: meanwhile,
  act: ({ world: { cluster }, deeds, gate }, variant) => {
    deeds.blindUntilMs = cluster.clock.now() + LASTS_MS + STALE_MS;
    const rules = [
      cluster.apiFaults.add({
        verbs: ['watch'],
        fault: { type: 'watch-lagging', lagMs: STALE_MS },
      }),
      ...(variant === 'lists-too'
        ? [
            cluster.apiFaults.add({
              verbs: ['list'],
              fault: { type: 'delayed', delayMs: LATE_LIST_MS },
            }),
          ]
        : []),
    ];
    gate.cut();
    cluster.clock.after(LASTS_MS, () => rules.forEach((rule) => rule.stop()));
  },
};

/** More than any Lease lasts. */
const SKEW_MS = 300_000;

/** Machines whose clocks differ: of the release, or of who comes beside it. */
export const clockSkew: Neighbour = {
  kind: '9',
  variants: () => ['main-ahead', 'main-behind', 'rival-ahead', 'rival-behind'],
  moment: () => ({ kind: 'before' }),
  act: ({ alter }, variant) => {
    const skewMs = variant.endsWith('ahead') ? SKEW_MS : -SKEW_MS;
    alter((role, options) => (variant.startsWith(role) ? { ...options, skewMs } : options));
  },
};

/** quota: no pod more than there are now · limits: less than the service's pods ask for. */
export const limits: Neighbour = {
  kind: '8',
  variants: () => ['quota', 'limits'],
  moment: beforeOrMeanwhile,
  isForeseeable: true,
  act: (site, variant) => {
    const hand = handOf(site, 'platform-team');
    const metadata = { name: 'platform', namespace: NAMESPACE };
    if (variant === 'quota') {
      hand.create('resourceQuota', {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata,
        spec: { hard: { pods: String(podsNow(site)) } },
      });
    } else {
      hand.create('limitRange', {
        apiVersion: 'v1',
        kind: 'LimitRange',
        metadata,
        spec: { limits: [{ type: 'Container', min: { cpu: '10m' } }] },
      });
    }
    // Whoever has set it takes it back once the run is over: else no pod could ever be replaced.
    site.atEnd(() => {
      hand.delete('resourceQuota', 'platform');
      hand.delete('limitRange', 'platform');
    });
  },
};

function podsNow({ world: { cluster } }: Site): number {
  return pods(cluster.world).list(NAMESPACE).length;
}
