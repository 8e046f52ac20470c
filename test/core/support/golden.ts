/** Texts that were read and found right, kept beside the tests. `UPDATE_GOLDEN=1` writes them anew. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import { brokenRules } from './transcript-rules.ts';

/** A text that is another says first which rule it has broken, where it is one that is known. */
export function expectGolden(path: string, text: string): void {
  if (process.env.UPDATE_GOLDEN === '1' || (!existsSync(path) && !process.env.CI)) {
    writeFileSync(path, text);
  }
  const broken = brokenRules(text).map((rule) => `${rule}\n`);
  expect(broken.join('') + text).toBe(readFileSync(path, 'utf8'));
}
