/** The service that tells its secret everywhere, and a release config that asks everybody about it. */
import type { DraftObject } from '../../../embedded-cluster/kubernetes/store/object.ts';
import { startService } from '../support/service.ts';
import type { E2eWorld } from '../support/world.ts';

export interface Told {
  readonly pod: string;
  readonly annotation: string;
  readonly config: string;
  /** The address of the servers that are asked. */
  readonly elsewhere: string;
}

const configOf = ({ config: own, elsewhere }: Told): string => `
strategy: {type: blue-green, blueGreen: {monitoring: 3s}}
drain: {hook: {path: /admin/drain}, confirm: {header: x-app-version}, minDuration: 1s, maxDuration: 5s}
limits: {readyTimeout: 8s}
preflight: {drainProbe: off}
smoke: [{name: books, path: /payments, headers: {x-api-key: ${own}}}]
notifications: [{type: webhook, urlFile: hook}]
analysis:
  providers: {prometheus: {address: "${elsewhere}", tokenFile: prometheus-token}}
  metrics:
    - {name: queue, provider: pods, series: queue_length, max: 100}
    - {name: asked, provider: prometheus, query: 'sum(x{key="${own}"})', max: 100}
    - {name: share, provider: http-json, url: "${elsewhere}/json/good?key=${own}", path: $.value, max: 1}
`;

/** The service that tells its secret everywhere, in versions that are bad in one way each. */
export function telltales() {
  const version = (tag: string, env: Readonly<Record<string, string>> = {}) => ({
    repository: 'telltale',
    tags: [tag],
    programs: { node: process.execPath },
    paths: [{ containerPath: '/app', hostPath: import.meta.dirname }],
    entrypoint: ['node', '/app/telltale.mjs'],
    env: { VERSION: tag, ...env },
  });
  return [
    version('v1'),
    version('v2'),
    version('v2-errors', { FAILS: 'errors' }),
    version('v2-crash', { FAILS: 'crash' }),
  ];
}

export async function startTelltale(world: E2eWorld, name: string, told: Told): Promise<void> {
  const env = { CANARY: told.pod };
  const image = (object: DraftObject): DraftObject => {
    if (object.kind !== 'Deployment') return object;
    const text = JSON.stringify(object).replaceAll('payment-service:v1.1.0', 'telltale:v1');
    const changed = JSON.parse(text);
    changed.spec.template.metadata.annotations = { password: told.annotation };
    return changed;
  };
  await startService(
    { ...world, apply: (...objects) => world.apply(...objects.map(image)) },
    { name, env, config: configOf(told) },
  );
}
