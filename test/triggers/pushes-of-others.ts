/** Pushes to repositories of the other hosts, and what comes of each. */
import { COMMIT, of, type Row, ZERO } from './pushes.ts';

export const OTHERS: readonly Row[] = [
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
