// Every Tekton object that the repository ships or shows is one that Tekton's webhook would admit, with no
// field that it does not know: the API server would drop such a field without a word.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseManifests } from '../../embedded-cluster/cluster/manifests.ts';
import type { DraftObject } from '../../embedded-cluster/kubernetes/store/object.ts';
import { refusals } from '../../embedded-cluster/test/tekton/support/drafts.ts';

const ROOT = resolve(import.meta.dirname, '../..');

const files = ['tasks', 'pipelines', 'manifests', 'examples'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => `${folder}/${name}`),
);

/** The embedded cluster knows no resolvers: the Pipeline is named instead. */
const withoutResolver = (object: DraftObject): DraftObject => {
  const spec = object.spec as { pipelineRef?: { resolver?: string } };
  const pipelineRef = { name: 'resolved' };
  return spec.pipelineRef?.resolver ? { ...object, spec: { ...spec, pipelineRef } } : object;
};

/** An object, and what a TriggerTemplate makes of a push. */
const withTemplates = (object: DraftObject): DraftObject[] => {
  const { resourcetemplates = [] } = (object.spec ?? {}) as { resourcetemplates?: DraftObject[] };
  return [object, ...resourcetemplates];
};

const objects = files.flatMap((file) =>
  parseManifests(readFileSync(join(ROOT, file), 'utf8'))
    .flatMap(withTemplates)
    .filter(({ apiVersion }) => apiVersion?.startsWith('tekton.dev/'))
    .map((object) => ({ file, kind: object.kind, object: withoutResolver(object) })),
);

describe('Tekton admits', () => {
  test('the objects of every folder that has some', () => {
    const folders = new Set(objects.map(({ file }) => file.split('/')[0]));
    expect([...folders].sort()).toEqual(['examples', 'manifests', 'pipelines', 'tasks']);
  });

  test.each(objects)('the $kind of $file', ({ object }) => {
    expect(refusals(object)).toEqual([]);
  });

  test('none with a field that it does not know', () => {
    const [known] = objects;
    const spec = { ...(known?.object.spec as object), unheardOf: 1 };
    expect(refusals({ ...(known?.object as DraftObject), spec })).toContain(
      'unknown field: spec.unheardOf',
    );
  });
});
