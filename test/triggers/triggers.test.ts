// Pushes as GitHub, GitLab and Bitbucket tell of them, through the triggers as they are installed.
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseManifests } from '../../local/cluster/manifests.ts';
import type { DraftObject } from '../../local/store/object.ts';
import { type EventListener, receive, type Sink } from './sink.ts';

const ROOT = join(import.meta.dirname, '../..');
const SECRET = 'a secret that only the host knows';
const COMMIT = '6113728f27ae82c7b1a177c8d03f9e96e0adf246';

const read = (path: string) => parseManifests(readFileSync(join(ROOT, path), 'utf8'));
const payload = (name: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, `payloads/${name}.json`), 'utf8'));

type Host = 'github' | 'gitlab' | 'bitbucket';

function sinkOf(host: Host): Sink {
  const [listener] = read(`triggers/${host}/listener.yaml`);
  const common = read('triggers/common/push.yaml');
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

/** Sends a push as the host does, signed with `secret`; returns the PipelineRuns that come of it. */
function push(host: Host, event: string, body: object, secret = SECRET): DraftObject[] {
  const text = JSON.stringify(body);
  const hmac = `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`;
  const headers: Readonly<Record<Host, Record<string, string>>> = {
    github: { 'x-github-event': event, 'x-hub-signature-256': hmac },
    gitlab: { 'x-gitlab-event': event, 'x-gitlab-token': secret },
    bitbucket: { 'x-event-key': event, 'x-hub-signature': hmac },
  };
  return Object.values(receive(sinkOf(host), { headers: headers[host], text })).flatMap(
    (outcome) => (typeof outcome === 'string' ? [] : outcome),
  );
}

function paramsOf(run: DraftObject | undefined): Record<string, string> {
  const { params = [] } = (run?.spec ?? {}) as { params?: { name: string; value: string }[] };
  return Object.fromEntries(params.map(({ name, value }) => [name, value]));
}

const PUSHES: readonly [string, Host, string, string][] = [
  ['github-push', 'github', 'push', COMMIT],
  ['github-tag', 'github', 'push', 'v1.2.0'],
  ['gitlab-push', 'gitlab', 'Push Hook', COMMIT],
  ['gitlab-tag', 'gitlab', 'Tag Push Hook', 'v1.2.0'],
  ['bitbucket-push', 'bitbucket', 'repo:push', COMMIT],
  ['bitbucket-tag', 'bitbucket', 'repo:push', 'v1.2.0'],
  ['bitbucket-data-center-push', 'bitbucket', 'repo:refs_changed', COMMIT],
  ['bitbucket-data-center-tag', 'bitbucket', 'repo:refs_changed', 'v1.2.0'],
];

describe.each(PUSHES)('%s', (name, host, event, tag) => {
  test('releases what was pushed, once', () => {
    const runs = push(host, event, payload(name));
    expect(runs).toHaveLength(1);
    expect(paramsOf(runs[0])).toEqual({ 'service-name': 'payment-service', 'image-tag': tag });
    expect(runs[0]).toMatchObject({
      apiVersion: 'tekton.dev/v1',
      kind: 'PipelineRun',
      metadata: {
        generateName: 'deploy-payment-service-',
        annotations: { 'release.zero-downtime.dev/revision': COMMIT },
      },
      spec: { pipelineRef: { name: 'waqiti-zero-downtime-deployment' } },
    });
  });

  test('releases nothing where the signature is forged', () => {
    expect(push(host, event, payload(name), 'guessed')).toEqual([]);
  });

  test('releases nothing from another branch, or another tag', () => {
    const text = JSON.stringify(payload(name));
    const elsewhere = text
      .replaceAll('refs/heads/main', 'refs/heads/main-2')
      .replaceAll('"name":"main"', '"name":"main-2"')
      .replaceAll('refs/tags/v1.2.0', 'refs/tags/nightly')
      .replaceAll('"name":"v1.2.0"', '"name":"nightly"');
    expect(elsewhere).not.toBe(text);
    expect(push(host, event, JSON.parse(elsewhere))).toEqual([]);
  });

  test('releases nothing that could write more than a name into the run', () => {
    const odd = ['v1.2.0","x":"', 'v1.2.0$(params.x)', "v1'0"];
    const text = JSON.stringify(payload(name));
    const more = JSON.stringify('payment-service","x":"').slice(1, -1);
    const named = text.replaceAll('payment-service', more);
    for (const tagged of odd) {
      const escaped = JSON.stringify(tagged).slice(1, -1);
      if (tag !== COMMIT)
        expect(push(host, event, JSON.parse(text.replaceAll('v1.2.0', escaped)))).toEqual([]);
    }
    expect(push(host, event, JSON.parse(named))).toEqual([]);
  });
});

describe('a push to main', () => {
  const changed = (host: 'github' | 'gitlab', files: string[]) => {
    const body = payload(`${host}-push`);
    const [commit] = body.commits;
    return { ...body, commits: [{ ...commit, modified: files }] };
  };

  test('of nothing but docs releases nothing', () => {
    const files = ['docs/payments.md', 'README.md'];
    expect(push('github', 'push', changed('github', files))).toEqual([]);
    expect(push('gitlab', 'Push Hook', changed('gitlab', files))).toEqual([]);
  });

  test('of more commits than GitLab shows is looked at as a whole', () => {
    const body = { ...changed('gitlab', ['README.md']), total_commits_count: 21 };
    expect(push('gitlab', 'Push Hook', body)).toHaveLength(1);
  });

  test('that moves it back, or deletes it, is told apart', () => {
    const back = { ...payload('github-push'), commits: [] };
    expect(push('github', 'push', back)).toHaveLength(1);
    expect(push('github', 'push', { ...back, deleted: true })).toEqual([]);
    const gone = { ...payload('gitlab-push'), checkout_sha: null, commits: [] };
    expect(push('gitlab', 'Push Hook', gone)).toEqual([]);
    const closed = payload('bitbucket-push');
    closed.push.changes[0].new = null;
    expect(push('bitbucket', 'repo:push', closed)).toEqual([]);
  });

  test('is not what a comment says', () => {
    expect(push('github', 'issue_comment', payload('github-push'))).toEqual([]);
  });
});

describe('the account of the listeners', () => {
  const objects = read('triggers/common/account.yaml');

  test('reads what Triggers is configured with, creates PipelineRuns, and may do nothing else', () => {
    const rules = objects.flatMap(({ rules: all = [] }) => all as { verbs: string[] }[]);
    const text = JSON.stringify(rules);
    for (const word of [
      '*',
      'secrets',
      'impersonate',
      'serviceaccounts',
      'taskruns',
      'deployments',
    ]) {
      expect(text).not.toContain(`"${word}"`);
    }
    const writing = rules.filter(
      ({ verbs }) => !verbs.every((verb) => /get|list|watch/.test(verb)),
    );
    expect(writing).toEqual([
      { apiGroups: ['tekton.dev'], resources: ['pipelineruns'], verbs: ['create'] },
      { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
    ]);
  });

  test('is none of those that deploy', () => {
    for (const host of ['github', 'gitlab', 'bitbucket'] as const) {
      const { serviceAccountName } = sinkOf(host).listener.spec as unknown as Record<
        string,
        string
      >;
      expect(serviceAccountName).toBe('zero-downtime-trigger');
    }
  });
});
