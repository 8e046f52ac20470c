/** A process that drives a release of the toy service, with a Lease and a journal that a test has in hand. */
import type { StrategyName } from '../../../core/base/vocabulary.ts';
import type { Journal } from '../../../core/journal/journal.ts';
import type { Service } from '../../../core/kubernetes/network-objects.ts';
import { strategyOf } from '../../../core/strategies/registry.ts';
import type { StageContext } from '../../../effects/context/stage-context.ts';
import { APP } from '../../core/support/objects.ts';
import { releaseIn } from '../../core/support/releases.ts';
import { ownedBy } from '../support/owned.ts';
import { QUICK, type ToyOptions, toyService } from '../support/toy-service.ts';

interface Drive extends ToyOptions {
  readonly own?: Partial<StageContext>;
  readonly journal?: Journal;
}

/** A release that is planned and begun, and nothing of it done yet. */
export async function driving(strategy: StrategyName, options: Drive = {}) {
  const { own = {}, journal, config = QUICK } = options;
  const world = await toyService(options);
  const stop = new AbortController();
  const context = world.stage('deploy', { stop: stop.signal, ...own });
  const { plan } = releaseIn(strategy, undefined, { config });
  const state = strategyOf(plan).begin(plan, world.clock.now());
  const selector = () =>
    world.api.found<Service>({ apiVersion: 'v1', kind: 'Service' }, APP)?.spec.selector;
  /** What was written to the cluster, but for what controllers do, and for news. */
  const writes = () =>
    world.api.writes.map(({ call }) => call).filter((call) => !call.startsWith('POST events/'));
  return { world, plan, state, stop, selector, writes, ...ownedBy(context, journal) };
}
