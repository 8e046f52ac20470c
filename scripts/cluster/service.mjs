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
  const there =
    ask(['get', 'services', '-n', namespace, '-o', 'name'], { orElse: 'nothing' }) ?? '';
  const names = there.replaceAll('service/', '').trim().split('\n').join(', ');
  return giveUp(`say which service: SERVICE=name${names ? ` (there are ${names})` : ''}`);
}

/** What the journal of the service says; undefined where it was never released. */
export function journalOf(service) {
  const path = `jsonpath={.data.journal\\.json}`;
  const name = `${service}-release-journal`;
  const text = ask(['get', 'configmap', name, '-n', namespace, '--ignore-not-found', '-o', path]);
  return text === '' ? undefined : JSON.parse(text);
}
