// Pushes as GitHub, GitLab, Bitbucket and Gitea tell of them, through the triggers as they are installed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { DraftObject } from '../../embedded-cluster/kubernetes/store/object.ts';
import {
  type Host,
  paramsOf,
  read,
  runsOf,
  SECRET,
  send,
  sinkOf,
} from '../../fuzz/pushes/installed.ts';

const COMMIT = '6113728f27ae82c7b1a177c8d03f9e96e0adf246';
const HOSTS = ['github', 'gitlab', 'bitbucket', 'gitea'] as const;

const payload = (name: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, `payloads/${name}.json`), 'utf8'));

/** Each host has a name of its own for the same repository. */
const REPOSITORY = {
  github: 'shop/payment-service',
  gitlab: 'shop/backend/payment-service',
  bitbucket: 'shop/payment-service',
  'bitbucket-data-center': 'SHOP/payment-service',
  gitea: 'shop/payment-service',
};
const listOf = (repository: string) => `repositories:\n  ${repository}: {}\n`;
const sinks = Object.fromEntries(
  Object.entries(REPOSITORY).map(([name, repository]) => {
    const host = name.startsWith('bitbucket') ? 'bitbucket' : (name as Host); // the rest are hosts
    return [name, sinkOf(host, listOf(repository))];
  }),
);

/** The PipelineRuns that come of a push. */
function push(
  host: Host,
  event: string,
  body: object,
  secret = SECRET,
  name: string = host,
): DraftObject[] {
  const sink = sinks[name];
  if (!sink) throw new Error(`no listener of ${name}`);
  return runsOf(send(sink, host, event, body, secret));
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
  ['gitea-push', 'gitea', 'push', COMMIT],
  ['gitea-tag', 'gitea', 'push', 'v1.2.0'],
];

describe.each(PUSHES)('%s', (name, host, event, tag) => {
  const whose = name.replace(/-(push|tag)$/, '');
  const pushed = (body: object, secret = SECRET) => push(host, event, body, secret, whose);

  test('releases what was pushed, once', () => {
    const runs = pushed(payload(name));
    expect(runs).toHaveLength(1);
    expect(paramsOf(runs[0])).toEqual({
      'service-name': 'payment-service',
      'image-tag': tag,
      concurrency: 'queue',
    });
    expect(runs[0]).toMatchObject({
      apiVersion: 'tekton.dev/v1',
      kind: 'PipelineRun',
      metadata: {
        name: expect.stringMatching(/^deploy-payment-service-[a-z0-9-]*[a-z0-9]$/),
        annotations: {
          'release.zero-downtime.dev/revision': COMMIT,
          'release.zero-downtime.dev/repository': REPOSITORY[whose as keyof typeof REPOSITORY],
        },
      },
      spec: { pipelineRef: { name: 'waqiti-zero-downtime-deployment' } },
    });
  });

  test('releases nothing where the signature is forged', () => {
    expect(pushed(payload(name), 'guessed')).toEqual([]);
  });

  test('releases nothing from another branch, or another tag', () => {
    const text = JSON.stringify(payload(name));
    const elsewhere = text
      .replaceAll('refs/heads/main', 'refs/heads/main-2')
      .replaceAll('"name":"main"', '"name":"main-2"')
      .replaceAll('refs/tags/v1.2.0', 'refs/tags/nightly')
      .replaceAll('"name":"v1.2.0"', '"name":"nightly"');
    expect(elsewhere).not.toBe(text);
    expect(pushed(JSON.parse(elsewhere))).toEqual([]);
  });

  test('releases nothing that could write more than a name into the run', () => {
    const odd = ['v1.2.0","x":"', 'v1.2.0$(params.x)', "v1'0"];
    const text = JSON.stringify(payload(name));
    const more = JSON.stringify('payment-service","x":"').slice(1, -1);
    const named = text.replaceAll('payment-service', more);
    for (const tagged of odd) {
      const escaped = JSON.stringify(tagged).slice(1, -1);
      if (tag !== COMMIT)
        expect(pushed(JSON.parse(text.replaceAll('v1.2.0', escaped)))).toEqual([]);
    }
    expect(pushed(JSON.parse(named))).toEqual([]);
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
  const objects = read('manifests/triggers/common/account.yaml');

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
    for (const host of HOSTS) {
      const { spec } = sinks[host]?.listener ?? {};
      expect(spec).toMatchObject({ serviceAccountName: 'zero-downtime-trigger' });
    }
  });
});
