/** Who lays hands on the journal of a release. */

import { releaseId } from '../../../core/base/vocabulary.ts';
import { journalName } from '../../../core/journal/journal.ts';
import { configMaps } from '../../../embedded-cluster/kubernetes/collection.ts';
import { journalOf } from '../../world/journal.ts';
import { NAMESPACE, SERVICE } from '../../world/service.ts';
import { handOf } from '../hand.ts';
import { inAnyPhase, type Neighbour } from '../visit.ts';

const NAME = journalName(SERVICE);

export const journalDeleted: Neighbour = {
  kind: '10',
  variants: () => ['deleted'],
  moment: inAnyPhase,
  act: (site) => {
    handOf(site, 'kubectl-delete').delete('configMap', NAME);
    // Whoever drives writes it again; where nobody does, what was in it is lost for good.
    site.onStop(() => {
      const { history = [], current } = journalOf(site.world) ?? {};
      const known = [...history.map(({ release }) => release), current?.plan.release];
      if (!known.includes(releaseId('first'))) site.deeds.hasTornJournal = true;
    });
  },
};

/** garbage: no JSON · emptied: no data · other-namespace: a plan for somebody else's objects. */
export const journalEdited: Neighbour = {
  kind: '10',
  variants: () => ['garbage', 'emptied', 'other-namespace'],
  moment: inAnyPhase,
  act: (site, variant) => {
    const { world, deeds } = site;
    deeds.hasTornJournal = true;
    const stored = configMaps(world.cluster.world).get(NAMESPACE, NAME);
    const text = stored?.data?.['journal.json'] ?? '';
    const data = {
      garbage: { 'journal.json': text.slice(0, text.length / 2) },
      emptied: { 'journal.json': null },
      'other-namespace': {
        'journal.json': text.replaceAll(`"namespace":"${NAMESPACE}"`, '"namespace":"kube-system"'),
      },
    }[variant];
    handOf(site, 'kubectl-edit').merge('configMap', NAME, { data });
  },
};
