import { FOREIGN, type FOREIGN_TAGS } from '../../world/application/versions.ts';
import { NAMESPACE, REGISTRY, SERVICE } from '../../world/service.ts';
import { handOf } from '../hand.ts';
import { noteReach } from '../reached.ts';
import { beforeOrMeanwhile, type Neighbour, type Site } from '../visit.ts';

/** Bears this label whatever is somebody else's and not of the release. */
export const SOMEBODYS = 'somebody.example/own';

/**
 * worker: a Deployment that takes no connections · answering: one that does · nightly: a Job every
 * few seconds · of-the-next-colour: a worker with the colour that comes next · unready: never ready,
 * and under the Service's selector wherever that names no colour · second: ready, under the selector too.
 */
type Variant = 'worker' | 'answering' | 'nightly' | 'of-the-next-colour' | 'unready' | 'second';

const NIGHTLY_EVERY_MS = 9_000;
const NIGHTS = 6;
const NIGHTLY_LABELS = { app: SERVICE, job: 'nightly' };

export const foreignPods: Neighbour = {
  kind: '1, 2',
  // Where the Service names no colour it reaches them already: only what is not ready, or answers, may.
  variants: ({ shape }): readonly Variant[] =>
    shape === 'coloured'
      ? ['worker', 'answering', 'nightly', 'of-the-next-colour', 'unready']
      : ['unready', 'second'],
  moment: beforeOrMeanwhile,
  act: (site, variant) => {
    const hand = handOf(site, 'somebody');
    if (variant === 'nightly') return everyNight(site);
    if (variant === 'second') site.deeds.foreignMayAnswer = true;
    const isUnready = variant === 'unready';
    const answers = variant === 'answering' || variant === 'second';
    const labels = {
      app: SERVICE,
      component: 'worker',
      ...(variant === 'of-the-next-colour' ? { version: 'green' } : {}),
    };
    noteReach(site, labels);
    hand.create('deployment', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'worker', namespace: NAMESPACE, labels: { [SOMEBODYS]: 'worker' } },
      spec: {
        replicas: 2,
        selector: { matchLabels: { component: 'worker' } },
        template: {
          metadata: { labels },
          spec: podSpec(answers ? 'answers' : 'deaf', isUnready),
        },
      },
    });
  },
  isHarmless: true,
};

/** As a CronJob makes them. */
function everyNight(site: Site, night = 0): void {
  const { cluster } = site.world;
  const hand = handOf(site, 'cronjob-controller');
  noteReach(site, NIGHTLY_LABELS);
  hand.create('job', {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: `nightly-${night}`,
      namespace: NAMESPACE,
      labels: { [SOMEBODYS]: 'nightly' },
    },
    spec: {
      template: {
        metadata: { labels: NIGHTLY_LABELS },
        spec: { ...podSpec('ends', false), restartPolicy: 'Never' },
      },
    },
  });
  if (night + 1 < NIGHTS) {
    cluster.clock.after(NIGHTLY_EVERY_MS, () => everyNight(site, night + 1));
  }
}

export function podSpec(tag: (typeof FOREIGN_TAGS)[number], isUnready: boolean) {
  return {
    containers: [
      {
        name: 'worker',
        image: `${REGISTRY}/${FOREIGN}:${tag}`,
        ports: [{ containerPort: 8080 }],
        ...(isUnready
          ? { readinessProbe: { httpGet: { path: '/ready', port: 8080 }, periodSeconds: 1 } }
          : {}),
      },
    ],
  };
}
