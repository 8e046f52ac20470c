/** The options of `make demo`. */
import yargs from 'yargs';
import { parseShare } from '../embedded-cluster/cluster/api-faults.ts';
import { milliseconds } from '../embedded-cluster/cluster/options.ts';

export const SCENARIOS = [
  'good-release',
  'noisy-but-good',
  'bad-release',
  'slow-release',
  'leaking-release',
  'dependency-down',
  'metrics-down',
  'never-ready',
  'migration',
  'bad-migration',
  'locked-migration',
  'unsigned',
  'signed',
  'vulnerable',
  'incompatible',
] as const;
export type Scenario = (typeof SCENARIOS)[number];

export const ROUTERS = ['service', 'istio', 'gateway-api'] as const;
export type Router = (typeof ROUTERS)[number];

export interface DemoOptions {
  readonly scenario: Scenario;
  readonly strategy: string;
  readonly router: Router;
  readonly propagationDelayMs: number;
  /** The share of API requests that go wrong. */
  readonly apiFaults: number;
  readonly report: string;
  readonly maxSeconds: number;
}

export function parseOptions(argv: readonly string[]): DemoOptions {
  const parsed = yargs([...argv])
    .scriptName('demo')
    .usage('$0 [options]\n\nReleases payment-service v1.2.0 under load, on the embedded cluster.')
    .options({
      scenario: {
        choices: SCENARIOS,
        default: 'good-release' as const,
        describe: 'What v1.2.0 is like',
      },
      strategy: { type: 'string', default: 'blue-green', describe: 'How it is released' },
      router: {
        choices: ROUTERS,
        default: 'service' as const,
        describe: 'What splits the traffic',
      },
      'propagation-delay': {
        type: 'string',
        default: '300ms',
        describe: 'How long a proxy takes to hear of changed endpoints and routes: 300ms, 3s',
      },
      'api-faults': {
        type: 'string',
        default: '0%',
        describe: 'The share of API requests of the stages that go wrong: 5%',
      },
      report: { type: 'string', default: 'demo-report.json', describe: 'Where the report goes' },
      'max-seconds': { type: 'number', default: 180, describe: 'Gives up after so long' },
    })
    .strict()
    .wrap(100)
    .parseSync();
  return {
    scenario: parsed.scenario,
    strategy: parsed.strategy,
    router: parsed.router,
    propagationDelayMs: milliseconds(parsed.propagationDelay),
    apiFaults: parseShare(parsed.apiFaults),
    report: parsed.report,
    maxSeconds: parsed.maxSeconds,
  };
}
