/** Every URL that a release config names itself, with where it stands; those in files are no one's to read here. */
import { connectionsOf, measuringOf } from '../metrics/providers/registry.ts';
import { urlIn } from '../triggers/kinds/registry.ts';
import type { Settings } from './settings.ts';

export interface ConfiguredUrl {
  readonly path: string;
  readonly url: string;
}

export function configuredUrls({ analysis, triggers, notifications }: Settings): ConfiguredUrl[] {
  return [
    ...connectionsOf(analysis).map(([name, { address }]) => ({
      path: `/analysis/providers/${name}/address`,
      url: address,
    })),
    ...analysis.metrics.flatMap(({ name, source }) => {
      const measuring = measuringOf(source);
      return measuring.kind === 'asked' && measuring.isUrl
        ? [{ path: `/analysis/metrics (${name}) ${measuring.key}`, url: measuring.template }]
        : [];
    }),
    ...triggers.flatMap((trigger) => {
      const own = urlIn(trigger);
      return own ? [{ path: `/rollback/triggers (${own.title}) url`, url: own.url }] : [];
    }),
    ...notifications.flatMap(({ url }, index) =>
      url.kind === 'plain' ? [{ path: `/notifications/${index}/url`, url: url.value }] : [],
    ),
  ];
}
