/** Every URL that a release config names itself, with where it stands; those in files are nobody's to read here. */
import type { Settings } from './settings.ts';

export interface ConfiguredUrl {
  readonly path: string;
  readonly url: string;
}

export function configuredUrls({ analysis, triggers, notifications }: Settings): ConfiguredUrl[] {
  const { prometheus, metrics } = analysis;
  return [
    ...(prometheus
      ? [{ path: '/analysis/providers/prometheus/address', url: prometheus.address }]
      : []),
    ...metrics.flatMap(({ name, source }) =>
      source.provider === 'http-json'
        ? [{ path: `/analysis/metrics (${name}) url`, url: source.url }]
        : [],
    ),
    ...triggers.flatMap((trigger) =>
      trigger.kind === 'dependency' && trigger.url !== undefined
        ? [{ path: `/rollback/triggers (dependency ${trigger.name}) url`, url: trigger.url }]
        : [],
    ),
    ...notifications.flatMap(({ url }, index) =>
      url.kind === 'plain' ? [{ path: `/notifications/${index}/url`, url: url.value }] : [],
    ),
  ];
}
