// `make monitor[-long]`, `make logs`, `make metrics`: what a service and its releases do just now.
import { setTimeout as sleep } from 'node:timers/promises';
import { exportsOf } from '../docs/source.mjs';
import { follow } from './follow.mjs';
import { ask, askJson, giveUp, isEmbedded } from './kubectl.mjs';
import { journalOf, namespace, pipelineNamespace, serviceName, serviceObject } from './service.mjs';

const { CHECK_INTERVAL = '5', MONITORING_DURATION = '300' } = process.env;
/** Tasks that release a service without the Pipeline. */
const RELEASING = ['deploy', 'rollback', 'rollback-to-version'].map(
  (name) => `zero-downtime-${name}`,
);

const service = serviceName();
const [command] = process.argv.slice(2);

switch (command) {
  case 'monitor':
    await monitor(seconds('MONITORING_DURATION', MONITORING_DURATION));
    break;
  case 'monitor-long':
    await monitor(3_600);
    break;
  case 'logs':
    await logs();
    break;
  case 'metrics':
    for (const line of await metrics()) process.stdout.write(`${line}\n`);
    break;
  default:
    giveUp('usage: look.mjs monitor|monitor-long|logs|metrics');
}

async function logs() {
  const { kind, name } = newestRun();
  process.exitCode = await follow(kind, pipelineNamespace, name);
}

/** A line whenever something has changed, and one at least every minute. */
async function monitor(durationSeconds) {
  const until = Date.now() + durationSeconds * 1000;
  const every = seconds('CHECK_INTERVAL', CHECK_INTERVAL) * 1000;
  let last = '';
  let toldAt = 0;
  while (Date.now() < until) {
    const line = standing();
    if (line !== last || Date.now() - toldAt > 60_000) {
      process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
      [last, toldAt] = [line, Date.now()];
    }
    await sleep(Math.min(every, Math.max(0, until - Date.now())));
  }
}

function seconds(name, text) {
  const number = Number(text);
  return number > 0 ? number : giveUp(`${name}=${text} must be a number of seconds`);
}

function standing() {
  const { current, history = [] } = journalOf(service) ?? {};
  const state = current?.state;
  const release = state ? `phase=${state.phase}` : 'phase=none';
  const last = `last=${history[0]?.outcome ?? 'none'}`;
  const ready = podsOf().map(({ status }) => isReady(status));
  const images = [...new Set(podsOf().map(imageOf))].join(',');
  return `service=${service} ${release} ${last} serving=${images || 'none'} ready=${ready.filter(Boolean).length}/${ready.length}`;
}

function isReady({ conditions = [] }) {
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

/** Its last part, with the tag. */
function imageOf({ spec }) {
  return spec.containers[0].image.split('@')[0].split('/').at(-1);
}

/** Those that the Service selects. */
function podsOf() {
  const { spec } = serviceObject(service);
  const selector = Object.entries(spec.selector ?? {}).map(([key, value]) => `${key}=${value}`);
  if (selector.length === 0) giveUp(`the Service ${service} selects no pods`);
  return askJson(['get', 'pods', '-n', namespace, '-l', selector.join(',')]).items;
}

/** The run of the last release: of the Pipeline, or of a Task that releases by itself. */
function newestRun() {
  const runs = ['pipelinerun', 'taskrun'].flatMap((kind) =>
    askJson(['get', kind, '-n', pipelineNamespace])
      .items.filter(({ metadata, spec }) => isRelease(kind, metadata, spec))
      .map(({ metadata }) => ({ kind, ...metadata })),
  );
  const [newest] = runs.sort((a, b) => b.creationTimestamp.localeCompare(a.creationTimestamp));
  return (
    newest ??
    giveUp(`${service} was never released in ${namespace}: no run of it in ${pipelineNamespace}`)
  );
}

function isRelease(kind, { labels = {} }, { params = [], taskRef }) {
  const given = Object.fromEntries(params.map(({ name, value }) => [name, value]));
  if (given['service-name'] !== service || (given.namespace || pipelineNamespace) !== namespace) {
    return false;
  }
  const alone = kind === 'taskrun' && labels['tekton.dev/pipelineRun'] === undefined;
  return kind === 'pipelinerun' || (alone && RELEASING.includes(taskRef?.name));
}

/** Requests and errors of each serving pod, as its own metrics page counts them. */
async function metrics() {
  const { readMetricsPage } = await exportsOf('effects/measure/metrics/page.ts');
  const { countersOf } = await exportsOf('core/metrics/page/pods.ts');
  const line = async (pod) => {
    const { address, text } = await pageOf(pod);
    return `pod=${pod.metadata.name} image=${imageOf(pod)} ${counted(address, text)}`;
  };
  const counted = (address, text) => {
    try {
      const counters = countersOf(readMetricsPage(text));
      if (counters) return `requests=${counters.requests} errors=${counters.errors}`;
      return `requests=unknown why="${address} has no counter of requests that tells their status"`;
    } catch (fault) {
      return `requests=unknown why="${address}: ${fault.message}"`;
    }
  };
  return Promise.all(podsOf().map(line));
}

/** By its own annotations, or where a page usually is: as the stages find it (docs/metrics.md). */
async function pageOf({ metadata, spec, status }) {
  const { annotations = {}, name } = metadata;
  const port = annotations['prometheus.io/port'] ?? spec.containers[0].ports?.[0]?.containerPort;
  const path = annotations['prometheus.io/path'] ?? '/metrics';
  const address = `:${port}${path}`;
  // The embedded cluster's pods are on this machine; a real one's are reached through its API.
  if (isEmbedded()) {
    const answer = await fetch(`http://${status.podIP}${address}`);
    return { address, text: await answer.text() };
  }
  const raw = `/api/v1/namespaces/${namespace}/pods/${name}:${port}/proxy${path}`;
  return { address, text: ask(['get', '--raw', raw]) };
}
