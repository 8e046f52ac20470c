// Runs in every test file of the copy: tells which mutants it has reached.
import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, expect } from '@jest/globals';

const folder = process.env.MUTANTS_REACHED;
if (folder) {
  afterAll(() => {
    const { testPath = '' } = expect.getState();
    const { static: always = {}, perTest = {} } = globalThis.__stryker__?.mutantCoverage ?? {};
    const ids = new Set([always, ...Object.values(perTest)].flatMap(Object.keys));
    mkdirSync(folder, { recursive: true });
    const name = encodeURIComponent(testPath);
    writeFileSync(`${folder}/${name}.json`, JSON.stringify({ testPath, ids: [...ids] }));
  });
}
