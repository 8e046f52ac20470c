/** What the candidate's pods are made of: an image that is not old, and config that is there. */
import { formatDuration } from '../../base/duration.ts';
import { foreignText } from '../../base/foreign-text.ts';
import type { Instant } from '../../base/vocabulary.ts';
import type { PodTemplate } from '../../kubernetes/objects.ts';
import { timeOf } from '../../kubernetes/time.ts';
import type { Finding } from '../finding.ts';

/** Builds that are the same on every day are of 1970, or of 1980: they tell no age. */
const OLDEST_TOLD = timeOf('1990-01-01T00:00:00Z') ?? 0;

/** `created`: as the image says, undefined where it says nothing. */
export function checkImageAge(
  image: string,
  created: string | undefined,
  maxAgeMs: number | undefined,
  at: Instant,
): Finding[] {
  if (maxAgeMs === undefined) return [];
  const warning = (message: string): Finding[] => [
    {
      check: 'image-old',
      severity: 'warn',
      message,
      advice: 'build it anew: what it is made of has been mended since',
    },
  ];
  const made = timeOf(created);
  if (made === undefined || made < OLDEST_TOLD) {
    return warning(`${foreignText(image)} does not say when it was made`);
  }
  if (at - made <= maxAgeMs) return [];
  return warning(
    `${foreignText(image)} is ${formatDuration(at - made)} old, and may be ${formatDuration(maxAgeMs)}`,
  );
}

/** ConfigMaps that the pods cannot start without, and the keys that are asked of each. */
export function configNeeded({ spec }: PodTemplate): ReadonlyMap<string, ReadonlySet<string>> {
  const needed = new Map<string, Set<string>>();
  const need = (of: Named | undefined, keys: readonly (string | undefined)[] = []): void => {
    if (!of?.name || of.optional) return;
    const known = needed.get(of.name) ?? new Set();
    for (const key of keys) if (key !== undefined) known.add(key);
    needed.set(of.name, known);
  };
  for (const { env = [], envFrom = [] } of [...(spec.initContainers ?? []), ...spec.containers]) {
    for (const { valueFrom } of env) {
      need(valueFrom?.configMapKeyRef, [valueFrom?.configMapKeyRef?.key]);
    }
    for (const { configMapRef } of envFrom) need(configMapRef);
  }
  for (const { configMap, projected } of spec.volumes ?? []) {
    need(
      configMap,
      configMap?.items?.map(({ key }) => key),
    );
    for (const source of projected?.sources ?? []) {
      need(
        source.configMap,
        source.configMap?.items?.map(({ key }) => key),
      );
    }
  }
  return needed;
}

interface Named {
  readonly name?: string;
  readonly optional?: boolean;
}

/** `there`: the keys of each that exists. */
export function checkConfig(
  needed: ReadonlyMap<string, ReadonlySet<string>>,
  there: ReadonlyMap<string, ReadonlySet<string>>,
): Finding[] {
  return [...needed].flatMap(([name, keys]): Finding[] => {
    const found = there.get(name);
    const missing = [...keys].filter((key) => !found?.has(key));
    if (found && missing.length === 0) return [];
    const what = found
      ? `ConfigMap ${name} has no key ${missing.map((key) => foreignText(key)).join(', ')}`
      : `there is no ConfigMap ${name}`;
    return [
      {
        check: 'config-missing',
        severity: 'refuse',
        message: `the candidate's pods could not start: ${what}, which they name`,
        advice: 'apply the config first, or mark it as optional',
      },
    ];
  });
}
