/** Tells what no stage has told: its channel was away, or it was killed first. */
import { serviceOfJournal } from '../../core/journal/journal.ts';
import { selectorText } from '../../core/kubernetes/labels.ts';
import type { ConfigMap } from '../../core/kubernetes/objects.ts';
import { MANAGED_BY } from '../../core/routers/service/router.ts';
import type { StageContext } from '../../effects/context/stage-context.ts';
import { tellPending } from '../../effects/driver/notifier.ts';
import { readOwnJournal } from '../../effects/ownership/journal/journal.ts';

/** What is younger may just be told by the stage whose release it is. */
const LEFT_MS = 3 * 60_000;
const PATIENCE_MS = 20_000;

/** Of all services of the namespace, side by side. Never throws. */
export async function tellLeft(context: StageContext, namespace: string): Promise<void> {
  const labelSelector = selectorText(MANAGED_BY);
  const query = { kind: 'v1/ConfigMap', namespace, labelSelector } as const;
  const none: { readonly items: readonly ConfigMap[] } = { items: [] };
  const { items } = await context.kube.list<ConfigMap>(query).catch(() => none);
  await Promise.all(
    items.map(async (stored) => {
      const service = serviceOfJournal(stored.metadata.name);
      const journal = service === undefined ? '' : readOwnJournal(stored);
      if (service === undefined || typeof journal === 'string') return;
      await tellPending(context, { namespace, service }, journal, PATIENCE_MS, LEFT_MS);
    }),
  );
}
