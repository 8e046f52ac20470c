// What the page about security-scan shows is taken as it stands there: by the loader, and by Tekton's webhook.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadRelease } from '../../../effects/config/load.ts';
import type { Kube } from '../../../effects/kube/client.ts';
import { parseManifests } from '../../../embedded-cluster/cluster/manifests.ts';
import { refusals } from '../../../embedded-cluster/test/tekton/support/drafts.ts';

const PAGE = readFileSync(resolve(import.meta.dirname, '../../../docs/security-scan.md'), 'utf8');
const BLOCKS = [...PAGE.matchAll(/```yaml\n([^`]+)```/g)].map(([, text = '']) => text);
const CONFIGS = BLOCKS.filter((text) => text.includes('kind: ReleaseConfig'));
const TASKS = BLOCKS.filter((text) => text.includes('kind: Task')).flatMap(parseManifests);

function folder(): string {
  return mkdtempSync(join(tmpdir(), 'page-'));
}

test.each(CONFIGS)('a release config of the page is one: %#', async (text) => {
  const configFile = join(folder(), 'release.yaml');
  writeFileSync(configFile, text);
  const { security } = await loadRelease({} as Kube, {
    service: 'pay',
    namespace: 'default',
    imageTag: 'v2',
    imageRepository: '',
    strategy: '',
    dryRun: 'false',
    configMap: '',
    configFile,
  });
  expect(security?.enforce).toBe('block');
});

describe('the Task that scans without a way out', () => {
  test('is admitted by Tekton', () => {
    expect(TASKS).toHaveLength(1);
    expect(TASKS.flatMap((each) => refusals(each))).toEqual([]);
  });

  const freshness = (): string[] => {
    const spec = TASKS[0]?.spec as { steps: { command: string[] }[] } | undefined;
    return spec?.steps[0]?.command ?? [];
  };
  const looked = (database: string): string => {
    const [program = '', ...args] = freshness().map((each) =>
      each.replace('$(workspaces.database.path)', database),
    );
    try {
      execFileSync(program, args, { stdio: 'pipe' });
      return 'fresh';
    } catch (thrown) {
      return String(Object(thrown).stderr).trim();
    }
  };

  test('ends where no one fills its database any more', () => {
    const database = folder();
    expect(looked(database)).toContain('the database is older than 3 days');
    mkdirSync(join(database, 'db'));
    const file = join(database, 'db/metadata.json');
    writeFileSync(file, '{}');
    expect(looked(database)).toBe('fresh');
    const before = Date.now() / 1000 - 4 * 86_400;
    utimesSync(file, before, before);
    expect(looked(database)).toBe('the database is older than 3 days');
  });
});

test('the policies of the page are sections of a release config', () => {
  const others = BLOCKS.filter((text) => text.startsWith('security:'));
  expect(others.length + CONFIGS.length + TASKS.length).toBe(BLOCKS.length);
});
