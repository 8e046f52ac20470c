// Forty pushes and what comes of each: which services are released, or a line that says why none is, or
// nothing at all where it is not even known that the host has sent it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type Host, linesOf, paramsOf, runsOf, send, sinkOf } from './installed.ts';

const COMMIT = '6113728f27ae82c7b1a177c8d03f9e96e0adf246';
const ZERO = '0'.repeat(40);
const LIST = (prefix: string) => `
repositories:
  ${prefix}/payment-service: {}
  ${prefix}/mono:
    concurrency: supersede
    services:
      cart: [services/cart/, libs/money]
      checkout: [services/checkout/, libs/money]
  ${prefix}/early:
    branch: release/trunk
    preReleases: true
    forced: true
    services: { early: [] }
  ${prefix}/Odd_Name.js:
    concurrency: refuse
    services: { odd-name: [] }
`;

type Payload = ReturnType<typeof JSON.parse>;
const base = (name: string): Payload =>
  JSON.parse(readFileSync(join(import.meta.dirname, `payloads/${name}.json`), 'utf8'));
/** The payload after `change` has been made to it. */
const of = (name: string, change: (body: Payload) => void = () => undefined): Payload => {
  const body = base(name);
  change(body);
  return body;
};
const hub = (change: (body: Payload) => void) => of('github-push', change);
const tagged = (tag: string, more: (body: Payload) => void = () => undefined) =>
  of('github-tag', (body) => {
    body.ref = `refs/tags/${tag}`;
    more(body);
  });
const changing = (repository: string, ...files: string[]) =>
  hub((body) => {
    body.repository.full_name = repository;
    body.commits[0].modified = files;
  });

/** What is released, as `service@tag`; a pattern of the line that says why nothing is; or silence. */
type Comes = readonly string[] | RegExp | 'silence';
type Row = readonly [string, Host, string, Payload, Comes];

const GITHUB: readonly Row[] = [
  ['main', 'github', 'push', of('github-push'), [`payment-service@${COMMIT}`]],
  ['a version', 'github', 'push', of('github-tag'), ['payment-service@v1.2.0']],
  [
    'a version of four numbers',
    'github',
    'push',
    tagged('v2026.11.20.1'),
    ['payment-service@v2026.11.20.1'],
  ],
  ['a release candidate', 'github', 'push', tagged('v2.0.0-rc.1'), /it is a pre-release/],
  ['an alpha', 'github', 'push', tagged('v2.0.0-alpha.3'), /it is a pre-release/],
  ['a beta as Python writes it', 'github', 'push', tagged('v2.0.0b1'), /it is a pre-release/],
  [
    'a release candidate where asked for',
    'github',
    'push',
    tagged('v2.0.0-rc.1', (body) => {
      body.repository.full_name = 'shop/early';
    }),
    ['early@v2.0.0-rc.1'],
  ],
  ['build metadata', 'github', 'push', tagged('v1.2.0+build.7'), /an image cannot have this tag/],
  [
    'a tag that is no version',
    'github',
    'push',
    tagged('nightly'),
    /neither branch main nor a tag v/,
  ],
  [
    'a version that is moved',
    'github',
    'push',
    tagged('v1.0.0', (body) => {
      body.before = COMMIT.replace('6', '7');
      body.forced = true;
      body.created = false;
    }),
    /the tag was there before, and was moved/,
  ],
  [
    'a version that is deleted',
    'github',
    'push',
    tagged('v1.0.0', (body) => {
      body.deleted = true;
      body.after = ZERO;
      body.head_commit = null;
    }),
    /the tag was deleted/,
  ],
  [
    'an annotated tag',
    'github',
    'push',
    tagged('v1.2.0', (body) => {
      body.after = '7'.repeat(40);
    }),
    ['payment-service@v1.2.0'],
  ],
  [
    'another branch',
    'github',
    'push',
    hub((body) => {
      body.ref = 'refs/heads/feature/x';
    }),
    /^push to shop\/payment-service, branch feature\/x: releases nothing, because it is neither branch main nor a tag/,
  ],
  [
    'a branch whose name ends alike',
    'github',
    'push',
    hub((body) => {
      body.ref = 'refs/heads/not/main';
    }),
    /neither branch main/,
  ],
  [
    'nothing but docs',
    'github',
    'push',
    changing('shop/payment-service', 'docs/a.md', 'README.md'),
    /nothing but docs changed/,
  ],
  [
    'main, deleted',
    'github',
    'push',
    hub((body) => {
      body.deleted = true;
      body.after = ZERO;
      body.head_commit = null;
      body.commits = [];
    }),
    /branch main was deleted/,
  ],
  [
    'main, by force',
    'github',
    'push',
    hub((body) => {
      body.forced = true;
    }),
    /branch main was moved by force/,
  ],
  [
    'a branch by force where allowed',
    'github',
    'push',
    hub((body) => {
      body.forced = true;
      body.ref = 'refs/heads/release/trunk';
      body.repository.full_name = 'shop/early';
    }),
    [`early@${COMMIT}`],
  ],
  [
    'main without a list of commits',
    'github',
    'push',
    hub((body) => {
      body.commits = null;
    }),
    [`payment-service@${COMMIT}`],
  ],
  [
    'a commit without a list of files',
    'github',
    'push',
    hub((body) => {
      delete body.commits[0].added;
    }),
    [`payment-service@${COMMIT}`],
  ],
  [
    'a merge queue',
    'github',
    'push',
    hub((body) => {
      body.ref = `refs/heads/gh-readonly-queue/main/pr-7-${COMMIT}`;
    }),
    /a merge queue tries it/,
  ],
  ['a merge group', 'github', 'merge_group', of('github-push'), 'silence'],
  ['a ping', 'github', 'ping', { zen: 'Keep it logically awesome.', hook_id: 1 }, 'silence'],
  ['a pull request from a fork', 'github', 'pull_request', of('github-push'), 'silence'],
  [
    'a fork of the same name',
    'github',
    'push',
    hub((body) => {
      body.repository.full_name = 'mallory/payment-service';
      body.repository.fork = true;
    }),
    /the repository is not among those that may release here/,
  ],
  [
    'a repository whose name only begins alike',
    'github',
    'push',
    hub((body) => {
      body.repository.full_name = 'shop/payment-service-2';
    }),
    /not among those/,
  ],
  [
    'a repository whose name is no name',
    'github',
    'push',
    hub((body) => {
      body.repository.full_name = 'x","y":"\n\u001b[31m';
    }),
    /^push to \(not shown\), branch main: releases nothing/,
  ],
  [
    'a repository with a name that no Service has',
    'github',
    'push',
    hub((body) => {
      body.repository.full_name = 'shop/Odd_Name.js';
    }),
    [`odd-name@${COMMIT}`],
  ],
  [
    'one service of a monorepo',
    'github',
    'push',
    changing('shop/mono', 'services/cart/x.ts'),
    [`cart@${COMMIT}`],
  ],
  [
    'what two services share',
    'github',
    'push',
    changing('shop/mono', 'libs/money/sum.ts'),
    [`cart@${COMMIT}`, `checkout@${COMMIT}`],
  ],
  [
    'a folder whose name begins alike',
    'github',
    'push',
    changing('shop/mono', 'services/cart-old/x.ts'),
    /no file changed that a service is made of/,
  ],
  [
    'a version of a monorepo',
    'github',
    'push',
    tagged('v3.0.0', (body) => {
      body.repository.full_name = 'shop/mono';
    }),
    ['cart@v3.0.0', 'checkout@v3.0.0'],
  ],
];

const OTHERS: readonly Row[] = [
  ['main of GitLab', 'gitlab', 'Push Hook', of('gitlab-push'), [`payment-service@${COMMIT}`]],
  [
    'main of GitLab, deleted',
    'gitlab',
    'Push Hook',
    of('gitlab-push', (body) => {
      body.checkout_sha = null;
      body.after = ZERO;
      body.commits = [];
    }),
    /branch main was deleted/,
  ],
  [
    'more commits than GitLab lists',
    'gitlab',
    'Push Hook',
    of('gitlab-push', (body) => {
      body.commits[0].modified = ['README.md'];
      body.total_commits_count = 21;
    }),
    [`payment-service@${COMMIT}`],
  ],
  [
    'a pre-release of GitLab',
    'gitlab',
    'Tag Push Hook',
    of('gitlab-tag', (body) => {
      body.ref = 'refs/tags/v1.2.0-rc.1';
    }),
    /it is a pre-release/,
  ],
  [
    'a tag of GitLab that is moved',
    'gitlab',
    'Tag Push Hook',
    of('gitlab-tag', (body) => {
      body.before = '7'.repeat(40);
    }),
    /was moved/,
  ],
  ['a merge request of GitLab', 'gitlab', 'Merge Request Hook', of('gitlab-push'), 'silence'],
  [
    'the same project in another group',
    'gitlab',
    'Push Hook',
    of('gitlab-push', (body) => {
      body.project.path_with_namespace = 'mallory/payment-service';
    }),
    /not among those/,
  ],
  [
    'main of Bitbucket',
    'bitbucket',
    'repo:push',
    of('bitbucket-push'),
    [`payment-service@${COMMIT}`],
  ],
  [
    'main of Bitbucket, second of two branches',
    'bitbucket',
    'repo:push',
    of('bitbucket-push', (body) => {
      const [change] = body.push.changes;
      body.push.changes.unshift({ ...change, new: { ...change.new, name: 'other' } });
    }),
    [`payment-service@${COMMIT}`],
  ],
  [
    'main of Bitbucket, by force',
    'bitbucket',
    'repo:push',
    of('bitbucket-push', (body) => {
      body.push.changes[0].forced = true;
    }),
    /by force/,
  ],
  [
    'several versions at once',
    'bitbucket',
    'repo:push',
    of('bitbucket-tag', (body) => {
      const [change] = body.push.changes;
      body.push.changes.push({ ...change, new: { ...change.new, name: 'v1.3.0' } });
    }),
    /several versions/,
  ],
  [
    'main of Bitbucket, deleted',
    'bitbucket',
    'repo:push',
    of('bitbucket-push', (body) => {
      body.push.changes[0].new = null;
    }),
    /was deleted/,
  ],
  ['a fork of a Bitbucket repository', 'bitbucket', 'repo:fork', of('bitbucket-push'), 'silence'],
  [
    'a pull request of Data Center',
    'bitbucket',
    'pr:merged',
    of('bitbucket-data-center-push'),
    'silence',
  ],
  [
    'the same repository of another project',
    'bitbucket',
    'repo:refs_changed',
    of('bitbucket-data-center-push', (body) => {
      body.repository.project.key = '~MALLORY';
    }),
    /not among those/,
  ],
  ['main of Gitea', 'gitea', 'push', of('gitea-push'), [`payment-service@${COMMIT}`]],
  [
    'more commits than Gitea lists',
    'gitea',
    'push',
    of('gitea-push', (body) => {
      body.commits[0].modified = ['README.md'];
      body.total_commits = 9;
    }),
    [`payment-service@${COMMIT}`],
  ],
  [
    'nothing but docs of Gitea',
    'gitea',
    'push',
    of('gitea-push', (body) => {
      body.commits[0].modified = ['README.md'];
    }),
    /nothing but docs/,
  ],
  ['a branch of Gitea, deleted', 'gitea', 'delete', of('gitea-push'), 'silence'],
];

const PREFIX: Readonly<Record<Host, string>> = {
  github: 'shop',
  gitlab: 'shop/backend',
  bitbucket: 'shop',
  gitea: 'shop',
};
const sinks = new Map(
  (['github', 'gitlab', 'bitbucket', 'gitea'] as const).map((host) => [
    host,
    sinkOf(host, LIST(PREFIX[host])),
  ]),
);

function created(host: Host, event: string, body: Payload) {
  const sink = sinks.get(host);
  if (!sink) throw new Error(`no listener of ${host}`);
  return send(sink, host, event, body);
}

describe('a push', () => {
  test.each([...GITHUB, ...OTHERS])('of %s: %s, %s', (_what, host, event, body, comes) => {
    const all = created(host, event, body);
    const released = runsOf(all).map((run) => {
      const { 'service-name': service, 'image-tag': tag } = paramsOf(run);
      return `${service}@${tag}`;
    });
    const lines = linesOf(all);
    if (comes === 'silence') expect([...released, ...lines]).toEqual([]);
    else if (comes instanceof RegExp) {
      expect(released).toEqual([]);
      expect(lines).toEqual([expect.stringMatching(comes)]);
    } else {
      expect(released.sort()).toEqual([...comes].sort());
      expect(lines).toEqual([]);
    }
  });

  test('is looked at in forty ways at least, and every host is', () => {
    expect(GITHUB.length + OTHERS.length).toBeGreaterThanOrEqual(40);
    expect(new Set([...GITHUB, ...OTHERS].map(([, host]) => host)).size).toBe(4);
  });
});

describe('the run of a push', () => {
  const nameOf = (body: Payload) => runsOf(created('github', 'push', body))[0]?.metadata.name;

  test('has the same name however often the push is delivered, whatever the delivery is called', () => {
    expect(nameOf(of('github-push'))).toBe(
      `deploy-payment-service-${COMMIT.slice(0, 12)}-a10867b1`,
    );
    expect(nameOf(of('github-push'))).toBe(nameOf(of('github-push')));
    expect(nameOf(of('github-tag'))).toBe(`deploy-payment-service-v1-2-0-${COMMIT.slice(0, 12)}`);
  });

  test('has another name where the branch was moved from elsewhere, or later again', () => {
    const names = [
      hub(() => undefined),
      hub((body) => {
        body.before = '7'.repeat(40);
      }),
      hub((body) => {
        body.repository.pushed_at = 1_795_000_000;
      }),
      hub((body) => {
        body.repository.pushed_at = 1_795_000_060;
      }),
      tagged('v1.2.0'),
      tagged('v1.2.1'),
    ].map(nameOf);
    expect(new Set(names).size).toBe(names.length);
  });

  test('has a name that a PipelineRun may have, however long that of the service is', () => {
    const service = `a-service-with-a-name-of-${'x'.repeat(38)}`;
    const list = `repositories:\n  shop/payment-service: { preReleases: true, services: { ${service}: [] } }\n`;
    const sink = sinkOf('github', list);
    const long = hub((body) => {
      body.repository.pushed_at = 1_795_000_000;
    });
    for (const body of [long, tagged(`v1.${'0'.repeat(40)}.A_b`)]) {
      const [run] = runsOf(send(sink, 'github', 'push', body));
      expect(run?.metadata.name).toMatch(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])$/);
      expect(paramsOf(run)).toMatchObject({ 'service-name': service });
    }
  });

  test('says what becomes of it where a release is under way, as the list has it', () => {
    const concurrency = (body: Payload) =>
      paramsOf(runsOf(created('github', 'push', body))[0]).concurrency;
    expect(concurrency(of('github-push'))).toBe('queue');
    expect(concurrency(changing('shop/mono', 'services/cart/x.ts'))).toBe('supersede');
    expect(concurrency(changing('shop/Odd_Name.js', 'x.ts'))).toBe('refuse');
  });
});

describe('the line of a push that releases nothing', () => {
  test('is an Event of the listener, which the API server takes', () => {
    const [event] = created('github', 'push', tagged('nightly'));
    expect(event).toEqual({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { generateName: 'push-not-released-' },
      involvedObject: {
        apiVersion: 'triggers.tekton.dev/v1beta1',
        kind: 'EventListener',
        name: 'zero-downtime-github',
        namespace: 'ci',
      },
      type: 'Normal',
      reason: 'PushNotReleased',
      message: expect.stringMatching(
        /^push to shop\/payment-service, tag nightly: releases nothing, /,
      ),
      source: { component: 'zero-downtime-github' },
    });
  });
});
