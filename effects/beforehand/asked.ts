/** What a release config asks to be well before a release: looked at where it is asked, and nowhere else. */
import type { Asked } from '../../core/config/sections/before/asked.ts';
import type { Settings } from '../../core/config/settings.ts';
import type { ConfigMap, PodTemplate } from '../../core/kubernetes/objects.ts';
import type { Measured } from '../../core/metrics/metric.ts';
import { instantQuery, readNumber } from '../../core/metrics/prometheus/api.ts';
import { connectionsOf } from '../../core/metrics/providers/registry.ts';
import {
  checkBackup,
  checkDependencies,
  checkErrorBudget,
} from '../../core/preflight/beforehand/around.ts';
import {
  checkConfig,
  checkImageAge,
  configNeeded,
} from '../../core/preflight/beforehand/candidate.ts';
import { checkFreezes } from '../../core/preflight/beforehand/freezes.ts';
import type { Finding } from '../../core/preflight/finding.ts';
import { BadInput } from '../base/failure.ts';
import type { StageContext } from '../context/stage-context.ts';
import { nextTime } from '../expressions/schedule.ts';
import type { PlanInputs } from '../inputs/plan-inputs.ts';
import type { Kube } from '../kube/client.ts';
import { askSource } from '../measure/metrics/source.ts';
import { destinationFaults, faultsOfDependencies } from './dependencies.ts';
import type { ImageFacts } from './image-facts.ts';

/** Throws BadInput where a dependency leads where a stage may not ask. */
export async function askedFindings(
  context: StageContext,
  namespace: string,
  factsOfImage: () => Promise<ImageFacts>,
  settings: Settings,
  asked: Asked,
  inputs: PlanInputs,
  template: PodTemplate,
): Promise<Finding[]> {
  const { kube, clock } = context;
  const { dependencies, maxImageAgeMs } = asked;
  if (dependencies.length > 0) {
    const faults = destinationFaults(dependencies, await context.destinations());
    if (faults.length > 0) throw new BadInput(faults);
  }
  const image = inputs.resolved.image.reference;
  const needed = configNeeded(template);
  const [away, created, budget, there] = await Promise.all([
    faultsOfDependencies(context, dependencies),
    maxImageAgeMs === undefined ? undefined : createdAt(factsOfImage),
    measureBudget(context, settings, asked),
    configThere(kube, namespace, [...needed.keys()]),
  ]);
  const at = clock.now();
  return [
    ...checkFreezes(asked.freezes, at, nextTime),
    ...checkBackup(asked, inputs.neighbours.cronJobs, at),
    ...checkDependencies(dependencies, away),
    ...checkErrorBudget(asked, budget),
    ...checkImageAge(image, created, maxImageAgeMs, at),
    ...checkConfig(needed, there),
  ];
}

async function createdAt(factsOfImage: () => Promise<ImageFacts>): Promise<string | undefined> {
  const facts = await factsOfImage();
  return facts.kind === 'told' ? facts.created : undefined;
}

/** Of the same server as the metrics, with its login. */
async function measureBudget(
  context: StageContext,
  { analysis }: Settings,
  { errorBudget }: Asked,
): Promise<Measured | undefined> {
  if (!errorBudget) return undefined;
  const [, connection] = connectionsOf(analysis).find(([name]) => name === 'prometheus') ?? [];
  if (!connection) {
    throw new BadInput([
      'release config: /preflight/errorBudget needs analysis.providers.prometheus.address',
    ]);
  }
  const question = instantQuery(connection.address, errorBudget.query);
  return readNumber(await askSource(context, question, connection), context.clock.now());
}

async function configThere(
  kube: Pick<Kube, 'get'>,
  namespace: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const found = await Promise.all(
    names.map(async (name) => {
      const target = { apiVersion: 'v1', kind: 'ConfigMap', namespace, name };
      const map = await kube.get<ConfigMap & { binaryData?: object }>(target);
      const keys = [...Object.keys(map?.data ?? {}), ...Object.keys(map?.binaryData ?? {})];
      return map ? [[name, new Set(keys)] as const] : [];
    }),
  );
  return new Map(found.flat());
}
