// The listeners as `make install` makes them from a list of repositories, and what comes of a push.
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseManifests } from '../../embedded-cluster/cluster/manifests.ts';
import type { DraftObject } from '../../embedded-cluster/kubernetes/store/object.ts';
import {
  type EventListener,
  receive,
  type Sink,
} from '../../embedded-cluster/tekton/triggers/receive.ts';

const ROOT = join(import.meta.dirname, '../..');
export const SECRET = 'a secret that only the host knows';
export type Host = 'github' | 'gitlab' | 'bitbucket' | 'gitea';

export const read = (path: string) => parseManifests(readFileSync(join(ROOT, path), 'utf8'));

/** What `install.mjs listener` writes; throws with what it says where the list is not right. */
export function listenerFor(host: Host, pushes: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'pushes-'));
  try {
    const file = join(folder, 'pushes.yaml');
    writeFileSync(file, pushes);
    const env = { PATH: process.env.PATH ?? '', NAMESPACE: 'ci', TRIGGERS: host, PUSHES: file };
    const script = join(ROOT, 'scripts/cluster/install.mjs');
    return execFileSync(process.execPath, [script, 'listener'], {
      env,
      encoding: 'utf8',
      maxBuffer: 10_000_000,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function sinkOf(host: Host, pushes: string): Sink {
  const [listener] = parseManifests(listenerFor(host, pushes));
  const common = [
    ...read('manifests/triggers/common/push.yaml'),
    ...read('manifests/triggers/common/not-released.yaml'),
  ];
  const byName = <T>(kind: string, field: string) =>
    Object.fromEntries(
      common
        .filter((object) => object.kind === kind)
        .map(({ metadata, spec }) => [metadata.name, (spec as Record<string, T>)[field] as T]),
    );
  return {
    listener: listener as unknown as EventListener, // what the file holds
    bindings: byName('TriggerBinding', 'params'),
    templates: byName('TriggerTemplate', 'resourcetemplates'),
    secrets: { 'zero-downtime-webhook/token': SECRET },
  };
}

/** Sends a push as the host does, signed with `secret`; returns what is created. */
export function send(
  sink: Sink,
  host: Host,
  event: string,
  body: object,
  secret = SECRET,
): DraftObject[] {
  const text = JSON.stringify(body);
  const hmac = `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`;
  const likeGitHub = { 'x-github-event': event, 'x-hub-signature-256': hmac };
  const headers: Readonly<Record<Host, Record<string, string>>> = {
    github: likeGitHub,
    gitea: { ...likeGitHub, 'x-gitea-event': event },
    gitlab: { 'x-gitlab-event': event, 'x-gitlab-token': secret },
    bitbucket: { 'x-event-key': event, 'x-hub-signature': hmac },
  };
  return Object.values(receive(sink, { headers: headers[host], text })).flatMap((outcome) =>
    typeof outcome === 'string' ? [] : outcome,
  );
}

export const runsOf = (created: readonly DraftObject[]) =>
  created.filter(({ kind }) => kind === 'PipelineRun');

/** The lines that an operator finds. */
export function linesOf(created: readonly DraftObject[]): string[] {
  return created
    .filter(({ kind }) => kind === 'Event')
    .map((event) => String((event as { message?: unknown }).message));
}

export function paramsOf(run: DraftObject | undefined): Record<string, string> {
  const { params = [] } = (run?.spec ?? {}) as { params?: { name: string; value: string }[] };
  return Object.fromEntries(params.map(({ name, value }) => [name, value]));
}
