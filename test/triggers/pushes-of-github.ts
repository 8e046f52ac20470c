/** Pushes to repositories of GitHub, and what comes of each. */
import { COMMIT, changing, hub, of, type Row, tagged, ZERO } from './pushes.ts';

export const GITHUB: readonly Row[] = [
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
