// The installer's list of repositories: what it may say, and that nothing in it becomes more than a name.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { listenerFor } from '../../fuzz/pushes/installed.ts';

const saidOf = (list: string): string => {
  try {
    listenerFor('github', list);
    return 'taken';
  } catch (refused) {
    return String((refused as { stderr?: unknown }).stderr).replaceAll(/^\S*pushes\.yaml: /gm, '');
  }
};

describe('the list of repositories', () => {
  test.each([
    ['nothing', '', 'repositories: must be a map from full names (acme/shop) to what they release'],
    [
      'no repository',
      'repositories: {}',
      'repositories: names none, so that no push would release',
    ],
    [
      'a name without its owner',
      'repositories: { shop: {} }',
      'repositories.shop: must be a full name such as acme/shop',
    ],
    [
      'an expression for a name',
      `repositories: { "a/b' || true || 'c": {} }`,
      'must be a full name',
    ],
    [
      'an expression for a branch',
      `repositories: { a/b: { branch: "x' || '" } }`,
      'repositories.a/b.branch: must be the name of a branch',
    ],
    [
      'an expression for a folder',
      `repositories: { a/b: { services: { b: ["x') || ('"] } } }`,
      'repositories.a/b.services.b[0]: must be a path',
    ],
    [
      'a folder outside',
      'repositories: { a/b: { services: { b: [../c] } } }',
      'repositories.a/b.services.b[0]: must be a path',
    ],
    [
      'a repository that is no Service',
      'repositories: { a/Shop.api: {} }',
      'repositories.a/Shop.api: is not the name of a Service; say which it releases, under services',
    ],
    [
      'an unknown key',
      'repositories: { a/b: { brunch: main } }',
      'repositories.a/b.brunch: is not a known key',
    ],
    [
      'a word that is no concurrency',
      'repositories: { a/b: { concurrency: later } }',
      'repositories.a/b.concurrency: must be one of queue, supersede, refuse',
    ],
    [
      'a word for yes',
      'repositories: { a/b: { preReleases: always } }',
      'repositories.a/b.preReleases: must be true or false',
    ],
    [
      'one service of two repositories',
      'repositories: { a/b: {}, c/b: {} }',
      'repositories.c/b: service b is released by a/b already',
    ],
    ['the same repository twice', 'repositories: { a/b: {}, a/b: {} }', 'Map keys must be unique'],
  ])('of %s is refused with the place', (_what, list, said) => {
    expect(saidOf(list)).toContain(said);
  });

  test('says all that is wrong with it at once', () => {
    const said = saidOf('repositories: { shop: { branch: 1, forced: 2, services: { B: x } } }');
    expect(said.trim().split('\n')).toHaveLength(5);
  });

  test.each(['github', 'gitlab', 'bitbucket', 'gitea'] as const)(
    'that the docs show is taken, for %s',
    (host) => {
      const page = readFileSync(
        join(import.meta.dirname, '../../docs/git-triggered-releases.md'),
        'utf8',
      );
      const [, list = ''] = /```yaml\n(repositories:\n[^`]*)```/.exec(page) ?? [];
      const { spec } = parse(listenerFor(host, list));
      const names: string[] = spec.triggers.map(({ name }: { name: string }) => name);
      for (const service of ['payment-service', 'checkout-api', 'cart', 'orders']) {
        expect(names.filter((name) => name.startsWith(`${service}-`)).length).toBeGreaterThan(1);
      }
    },
  );

  const listOf = (services: number) =>
    `repositories:\n${Array.from({ length: services }, (_, at) => `  acme/service-${at}: {}\n`).join('')}`;

  test('of more services than an object may hold is refused with its size', () => {
    expect(saidOf(listOf(100))).toBe('taken');
    expect(saidOf(listOf(150))).toMatch(
      /too many services for one listener \(\d{7} of 1000000 letters\)/,
    );
  });

  test('is applied on the server, which keeps no second copy of it in an annotation', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kubectl-'));
    const [kubectl, asked, PUSHES] = ['kubectl', 'asked', 'pushes.yaml'].map((name) =>
      join(folder, name),
    ) as [string, string, string];
    const program = '#!/bin/sh\nfor last; do :; done\necho "$@" >> $ASKED\nls "$last" >> $ASKED\n';
    writeFileSync(kubectl, program, { mode: 0o755 });
    writeFileSync(PUSHES, listOf(1));
    const env = {
      PATH: process.env.PATH ?? '',
      NAMESPACE: 'ci',
      TRIGGERS: 'github',
      CONTEXT: 'here',
    };
    const script = join(import.meta.dirname, '../../scripts/cluster/install.mjs');
    execFileSync(process.execPath, [script, 'install'], {
      env: { ...env, PUSHES, KUBECTL: kubectl, ASKED: asked },
    });
    expect(readFileSync(asked, 'utf8')).toMatch(
      /^--context=here apply -k \S+\nkustomization.yaml\nlistener.yaml\ntekton.yaml\n--context=here apply --server-side --force-conflicts -n ci -f \S+listener.yaml\n\S+listener.yaml\n$/,
    );
    rmSync(folder, { recursive: true });
  });

  test('is needed: without one no push would release', () => {
    expect(saidOf('repositories: { a/b: {} }')).toBe('taken');
  });
});
