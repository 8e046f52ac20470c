/** A metric provider whose metrics all ask one address, and whose answer is a bare number. */
import type { Addition } from './addition.ts';

const TEXT = `
import type { WrittenKeys } from '../../base/from-schema.ts';
import { CONNECTION, OPEN } from '../access.ts';
import { noResponse, numberOf } from '../metric.ts';
import { filledIn } from '../placeholders.ts';
import type { MetricProvider } from './provider.ts';

const KEYS = { gauge: { type: 'string', minLength: 1 } } as const;

interface ExampleSource {
  readonly provider: 'example';
  readonly gauge: string;
}

export const example = {
  name: 'example',
  keys: KEYS,
  needs: ['gauge'],
  languages: {},
  connections: { example: CONNECTION },
  resolve: ({ gauge = '' }) => ({ provider: 'example', gauge }),
  measuring: ({ gauge }, connection) => ({
    kind: 'asked',
    key: 'gauge',
    template: gauge,
    isUrl: false,
    access: connection ?? OPEN,
    query: (subject) => ({
      to: 'http',
      url: \`\${connection?.address}/gauges/\${filledIn(gauge, subject)}\`,
    }),
    read: (response, at) =>
      noResponse(response, at) ?? numberOf(response.kind === 'answered' ? response.body : '', at),
  }),
} as const satisfies MetricProvider<WrittenKeys<typeof KEYS>, ExampleSource>;
`;

const PROGRAM = `
import { instant } from './core/base/vocabulary.ts';
import { configuredUrls } from './core/config/urls.ts';
import { measuringOf } from './core/metrics/providers/registry.ts';
import { faultsOf, load } from './load.ts';

const PROVIDERS = 'providers: {example: {address: "http://gauges"}}';
const metric = (keys: string, providers = PROVIDERS): string =>
  \`analysis: {\${providers}, metrics: [{name: queue, \${keys}}]}\`;

const settings = await load(metric('provider: example, gauge: "queue-{{side}}", max: 5'));
const [queue] = settings.analysis.metrics;
if (!queue) throw new Error('the metric is lost');
const measuring = measuringOf(queue.source, settings.analysis);
if (measuring.kind !== 'asked') throw new Error('nobody is asked');
const subject = { namespace: 'default', service: 'pay', backend: 'pay', pods: [] };
process.stdout.write(
  JSON.stringify({
    source: queue.source,
    query: measuring.query({ ...subject, side: 'candidate' }, instant(0)),
    answer: measuring.read({ kind: 'answered', status: 200, body: '7' }, instant(1), () => []),
    urls: configuredUrls(settings),
    lacks: await faultsOf(metric('provider: example')),
    foreign: await faultsOf(metric('provider: pods, series: x, gauge: y')),
    unconnected: await faultsOf(metric('provider: example, gauge: x', 'judge: sequential')),
  }),
);
`;

const LINE = 'ConfigMap pay-release-config line 3: /analysis/metrics/0';

export const metricProvider: Addition = {
  what: 'a metric provider',
  file: 'core/metrics/providers/example.ts',
  text: TEXT,
  registry: {
    file: 'core/metrics/providers/registry.ts',
    import: "import { example } from './example.ts';",
    after: 'const PROVIDERS = {',
    entry: '  example,',
  },
  program: PROGRAM,
  writes: {
    source: { provider: 'example', gauge: 'queue-{{side}}' },
    query: { to: 'http', url: 'http://gauges/gauges/queue-candidate' },
    answer: { kind: 'value', at: 1, value: 7 },
    urls: [{ path: '/analysis/providers/example/address', url: 'http://gauges' }],
    lacks: [`${LINE} lacks gauge, which the provider example needs`],
    foreign: [`${LINE}/gauge has no meaning for the provider pods`],
    unconnected: [`${LINE}/provider needs analysis.providers.example.address`],
  },
};
