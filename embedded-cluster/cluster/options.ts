/** The options of `make cluster`. */
import yargs from 'yargs';
import { parseShare } from './api-faults.ts';

export interface CommandLine {
  readonly port: number | undefined;
  readonly registryPort: number;
  readonly propagationDelayMs: number;
  readonly propagationJitterMs: number;
  readonly meshDelayMs: number;
  readonly meshJitterMs: number;
  readonly apiFaults: number;
  readonly nodes: number;
  readonly folder: string | undefined;
}

export function parseCommandLine(argv: readonly string[]): CommandLine {
  const parsed = yargs([...argv])
    .scriptName('cluster')
    .usage('$0 [options]\n\nRuns the embedded cluster in the foreground.')
    .options({
      port: { type: 'number', describe: "The API's port. Default: a free one" },
      'registry-port': { type: 'number', default: 5000, describe: "The image registry's port" },
      'propagation-delay': {
        type: 'string',
        default: '300ms',
        describe: 'How long a proxy takes to hear of changed endpoints: 300ms, 3s',
      },
      'propagation-jitter': {
        type: 'string',
        default: '0s',
        describe: 'Up to this much longer, by chance',
      },
      'mesh-delay': {
        type: 'string',
        default: '300ms',
        describe: 'How long a proxy of a mesh or a gateway takes to hear of a change',
      },
      'mesh-jitter': { type: 'string', default: '200ms', describe: 'As above, by chance' },
      'api-faults': {
        type: 'string',
        default: '0%',
        describe: 'The share of calls to the API that go wrong',
      },
      nodes: { type: 'number', default: 1, describe: 'How many nodes there are' },
      folder: { type: 'string', describe: 'Where everything is kept. Default: a temporary folder' },
    })
    .strict()
    .wrap(100)
    .parseSync();
  return {
    port: parsed.port,
    registryPort: parsed.registryPort,
    propagationDelayMs: milliseconds(parsed.propagationDelay),
    propagationJitterMs: milliseconds(parsed.propagationJitter),
    meshDelayMs: milliseconds(parsed.meshDelay),
    meshJitterMs: milliseconds(parsed.meshJitter),
    apiFaults: parseShare(parsed.apiFaults),
    nodes: parsed.nodes,
    folder: parsed.folder,
  };
}

/** `300ms`, `3s` */
export function milliseconds(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s)$/.exec(text) ?? [];
  if (number === undefined) throw new Error(`not a duration: ${text}`);
  return Number(number) * (unit === 's' ? 1000 : 1);
}
