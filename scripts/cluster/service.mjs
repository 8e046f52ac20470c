// Which service is meant: SERVICE=name in NAMESPACE=name, and where its releases run.
import { ask, giveUp } from './kubectl.mjs';

const { SERVICE, NAMESPACE, PIPELINE_NAMESPACE, CLUSTER } = process.env;

/** Where the service is. */
export const namespace = NAMESPACE || 'default';
/** Where the Pipeline is, and runs. */
export const pipelineNamespace = PIPELINE_NAMESPACE || namespace;

/** The embedded cluster has an example to play with; elsewhere it is said. */
export function serviceName() {
  if (SERVICE) return SERVICE;
  if (CLUSTER === 'embedded') return 'payment-service';
  return giveUp(`say which service: SERVICE=name${known()}`);
}

/** The Service itself. */
export function serviceObject(service) {
  const found = ask([
    'get',
    'service',
    service,
    '-n',
    namespace,
    '-o',
    'json',
    '--ignore-not-found',
  ]);
  if (found === '') giveUp(`no Service ${service} in the namespace ${namespace}${known()}`);
  return JSON.parse(found);
}

function known() {
  const there = ask(['get', 'services', '-n', namespace, '-o', 'name']).trim();
  return there === ''
    ? ''
    : ` (there are ${there.replaceAll('service/', '').split('\n').join(', ')})`;
}

/** What the journal of the service says; undefined where it was never released. */
export function journalOf(service) {
  const path = `jsonpath={.data.journal\\.json}`;
  const name = `${service}-release-journal`;
  const text = ask(['get', 'configmap', name, '-n', namespace, '--ignore-not-found', '-o', path]);
  return text === '' ? undefined : JSON.parse(text);
}
