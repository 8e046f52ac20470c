/** What becomes of pods by others than the release: evicted, failed and completed ones, rewritten images. */
import { pods } from '../../../embedded-cluster/kubernetes/collection.ts';
import { NAMESPACE, REGISTRY, SERVICE } from '../../world/service.ts';
import { handOf } from '../hand.ts';
import { beforeOrMeanwhile, type Neighbour, type Site } from '../visit.ts';
import { podSpec, SOMEBODYS } from './foreign-pods.ts';

const OFTEN = 3;
const AGAIN_MS = 3_000;

/**
 * evicted: a pod of the service goes for its node's sake, lies about as Failed, and is replaced ·
 * completed, failed: pods with the Service's own labels that nobody owns and that run no more.
 */
export const leftoverPods: Neighbour = {
  kind: '2',
  variants: () => ['evicted', 'completed', 'failed'],
  moment: beforeOrMeanwhile,
  act: (site, variant) => {
    if (variant === 'evicted') evict(site);
    else lieAbout(site, variant === 'failed' ? 'Failed' : 'Succeeded');
  },
  isHarmless: true,
};

function evict({ world: { cluster }, deeds }: Site): void {
  const [theirs] = pods(cluster.world)
    .list(NAMESPACE)
    .filter(
      ({ metadata, status }) => metadata.labels?.app === SERVICE && status?.phase === 'Running',
    );
  if (!theirs) return;
  deeds.evicted.add(theirs.metadata.name);
  deeds.missing = Math.max(deeds.missing, 1);
  const message = 'The node was low on resource: ephemeral-storage.';
  for (const node of cluster.nodes) node.evict(NAMESPACE, theirs.metadata.name, message);
}

/** Several, one after the other, with the labels of the pods that serve just then. */
function lieAbout(site: Site, phase: 'Failed' | 'Succeeded', nth = 0): void {
  const { cluster } = site.world;
  const all = pods(cluster.world);
  const [like] = all.list(NAMESPACE).filter(({ metadata }) => metadata.labels?.app === SERVICE);
  const { 'pod-template-hash': _, ...labels } = like?.metadata.labels ?? {};
  const name = `left-${phase.toLowerCase()}-${nth}`;
  handOf(site, 'somebody').create('pod', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: NAMESPACE, labels: { ...labels, [SOMEBODYS]: 'left' } },
    // On no node, so that nothing ever runs in it.
    spec: { ...podSpec('deaf', false), restartPolicy: 'Never', schedulerName: 'nobody' },
  });
  const made = all.get(NAMESPACE, name);
  if (made) all.updateStatus({ ...made, status: { ...made.status, phase } });
  if (nth + 1 < OFTEN) {
    cluster.clock.after(AGAIN_MS, () => lieAbout(site, phase, nth + 1));
  }
}

/** A mirror: pods run the same versions from another registry than their templates say. */
export const rewrittenImages: Neighbour = {
  kind: '2',
  variants: () => ['mirror', 'digest'],
  moment: () => ({ kind: 'before' }),
  act: ({ world: { cluster } }, variant) => {
    cluster.rewriteImages((image) => {
      if (variant === 'mirror') return image.replace(`${REGISTRY}/`, `mirror.${REGISTRY}/`);
      const { digest } = cluster.images.resolve(image) ?? {};
      return digest === undefined || image.includes('@') ? image : `${image}@${digest}`;
    });
  },
  isHarmless: true,
};
