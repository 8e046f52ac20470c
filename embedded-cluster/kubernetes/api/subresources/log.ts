/** What a container wrote: `kubectl logs`. */

import { ApiFailure } from '../../definitions/failure.ts';
import { isObject } from '../../definitions/json.ts';
import type { KubeObject } from '../../store/object.ts';
import type { Call } from '../call.ts';
import type { LogLine, PodLogs } from '../pod-logs.ts';
import { type ApiResponse, streamed, text } from '../request/http.ts';
import { isTrue } from '../request/target.ts';
import { namespaceOf } from '../verbs/write.ts';

export function answerLog(call: Call): ApiResponse {
  const { world, kind, target, options } = call;
  const { query } = target;
  const pod = world.objects.get(kind, namespaceOf(call), target.name ?? '');
  const container = containerIn(pod, query.get('container'));
  const run = isTrue(query.get('previous') ?? 'false') ? 'previous' : 'current';
  const written = options.podLogs?.lines(pod, container, run);
  if (!written && run === 'previous') {
    throw new ApiFailure(
      'BadRequest',
      `previous terminated container "${container}" in pod "${pod.metadata.name}" not found`,
    );
  }
  if (!written && isObject(pod.spec) && pod.spec.nodeName) {
    throw new ApiFailure(
      'BadRequest',
      `container "${container}" in pod "${pod.metadata.name}" is waiting to start: ${waitingReason(pod, container)}`,
    );
  }
  const write = writerFor(query);
  const body = limited(
    selected(written ?? [], query, world.clock.now())
      .map(write)
      .join(''),
    query,
  );
  const follows = isTrue(query.get('follow') ?? 'false') && run === 'current';
  return follows && options.podLogs
    ? following(options.podLogs, pod, container, body, write)
    : text(200, body);
}

function following(
  logs: PodLogs,
  pod: KubeObject,
  container: string,
  soFar: string,
  write: (line: LogLine) => string,
): ApiResponse {
  return streamed(
    {
      open: (onChunk, onEnd) => {
        if (soFar !== '') onChunk(soFar);
        return logs.follow(pod, container, (line) => onChunk(write(line)), onEnd);
      },
    },
    'text/plain',
  );
}

function writerFor(query: URLSearchParams): (line: LogLine) => string {
  return isTrue(query.get('timestamps') ?? 'false')
    ? ({ atMs, text: line }) => `${new Date(atMs).toISOString().replace('Z', '000000Z')} ${line}\n`
    : ({ text: line }) => `${line}\n`;
}

function selected(
  lines: readonly LogLine[],
  query: URLSearchParams,
  nowMs: number,
): readonly LogLine[] {
  const seconds = query.get('sinceSeconds');
  const time = query.get('sinceTime');
  const sinceMs = seconds === null ? Date.parse(time ?? '') : nowMs - Number(seconds) * 1000;
  const recent = Number.isNaN(sinceMs) ? lines : lines.filter(({ atMs }) => atMs >= sinceMs);
  const tail = query.get('tailLines');
  if (tail === null) return recent;
  return Number(tail) === 0 ? [] : recent.slice(-Number(tail));
}

function limited(body: string, query: URLSearchParams): string {
  const limit = query.get('limitBytes');
  return limit === null ? body : body.slice(0, Number(limit));
}

function containerIn({ metadata, spec }: KubeObject, wanted: string | null): string {
  const { containers, initContainers } = isObject(spec) ? spec : {};
  const main = namesOf(containers);
  const all = [...namesOf(initContainers), ...main];
  if (wanted !== null && wanted !== '') {
    if (all.includes(wanted)) return wanted;
    throw new ApiFailure('BadRequest', `container ${wanted} is not valid for pod ${metadata.name}`);
  }
  const [only, ...others] = main;
  if (only !== undefined && others.length === 0) return only;
  throw new ApiFailure(
    'BadRequest',
    `a container name must be specified for pod ${metadata.name}, choose one of: [${main.join(' ')}]`,
  );
}

function namesOf(containers: unknown): string[] {
  return Array.isArray(containers) ? containers.map(({ name }) => String(name)) : [];
}

function waitingReason({ status }: KubeObject, container: string): string {
  const statuses = isObject(status) ? status.containerStatuses : undefined;
  const mine: unknown = Array.isArray(statuses)
    ? statuses.find(({ name }) => name === container)?.state?.waiting?.reason
    : undefined;
  return typeof mine === 'string' ? mine : 'ContainerCreating';
}
