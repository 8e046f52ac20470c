/** The release config, from a repository: YAML, schema, meaning, URLs, and the expressions in it. */
import { isMap, isPair, isScalar, parseDocument, visit } from 'yaml';
import type { Settings } from '../../core/config/settings.ts';
import { readDocument } from '../../effects/base/document.ts';
import { BadInput } from '../../effects/base/failure.ts';
import { loadSettings } from '../../effects/config/load.ts';
import { refuseDestinations } from '../../effects/context/destinations.ts';
import { metBy } from '../../effects/expressions/cel.ts';
import type { Kube } from '../../effects/kube/client.ts';
import { CANARY, insist, type Target } from '../target.ts';

const GIVEN = {
  ...{ service: 'pay', namespace: 'default', imageTag: 'v2', imageRepository: '' },
  ...{ strategy: '', dryRun: 'false', configMap: '', configFile: '' },
};

/** A cluster whose only object is a ConfigMap with this in it. */
function kubeWith(text: string): Pick<Kube, 'get'> {
  const found = { data: { 'release.yaml': text } };
  return { get: async <T>() => found as T }; // the one object that is asked for
}

export const releaseConfig: Target = {
  name: 'release-config',
  form: 'text',
  words: [
    ...['apiVersion: release.zero-downtime.dev/v1', 'kind: ReleaseConfig', 'strategy', 'type'],
    ...[
      'analysis',
      'metrics',
      'providers',
      'prometheus',
      'address',
      'rollback',
      'triggers',
      'smoke',
    ],
    ...['successCondition: ', 'result > 1.0', 'stable', 'query: ', 'sum(rate(x[1m]))', 'path: $.a'],
    ...['notifications', 'urlFile', 'tokenFile', '../x', '/etc/passwd', '5%', '5m', '2x', '1h30m'],
    ...[
      'preflight',
      'ignore',
      'check',
      'drain',
      'hook',
      'confirm',
      'limits',
      'maxDuration',
      '<<: *a',
    ],
    ...[
      'health',
      'dependency',
      'url: http://x',
      'http-json',
      'pods',
      '{{pods}}',
      '{{ side }}',
      '---',
    ],
  ],
  read: async (input) => {
    let settings: Settings;
    try {
      settings = await loadSettings(kubeWith(input), GIVEN);
      await refuseDestinations(
        async () => ({ namespaces: ['default'], hosts: [], networks: [] }),
        settings,
      );
    } catch (thrown) {
      if (!(thrown instanceof BadInput)) throw thrown;
      insist(thrown.faults.length > 0, 'bad input without a fault');
      return thrown.faults;
    }
    for (const metric of settings.analysis.metrics) metBy(metric, 1, 2);
    return [];
  },
  mayTell: (input) => hasInKeyOrHost(input),
};

/** A fault names the path of what is wrong, and the host of a URL that may not be asked. */
function hasInKeyOrHost(input: string): boolean {
  // What was not read, for its size or its depth, has told nothing; and would not be survived here.
  if (readDocument(input).faults.length > 0) return false;
  let has = false;
  visit(parseDocument(input), {
    Pair: (_, { key }) => {
      if (isScalar(key) && String(key.value).includes(CANARY)) has = true;
      if (isMap(key) || isPair(key)) has = true;
    },
    Scalar: (_, { value }) => {
      const text = String(value);
      if (URL.canParse(text) && new URL(text).hostname.includes(CANARY)) has = true;
    },
  });
  return has;
}
