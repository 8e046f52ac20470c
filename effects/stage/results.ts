/**
 * Tekton results: small files whose paths come as options, so that no step knows where results live.
 * All results of a Task together stay under 1,024 bytes: Tekton has 4,096 for everything it adds.
 */
import { writeFile } from 'node:fs/promises';

const MOST_BYTES = 1_024;

/** Writes each result for which a path was given; longer ones are cut, the journal has them whole. */
export async function writeResults(
  values: Readonly<Record<string, string>>,
  paths: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  let left = MOST_BYTES;
  // The shortest first: what they do not need is for the longer ones.
  const byLength = Object.entries(values).sort(([, a], [, b]) => a.length - b.length);
  for (const [at, [name, value]] of byLength.entries()) {
    const text = cut(value, Math.floor(left / (byLength.length - at)));
    left -= Buffer.byteLength(text);
    const path = paths[name];
    if (path) await writeFile(path, text);
  }
}

function cut(text: string, bytes: number): string {
  const encoded = Buffer.from(text);
  // Cutting inside a character leaves a replacement character, which is dropped.
  return encoded.length <= bytes ? text : encoded.subarray(0, bytes).toString().replace(/�$/, '');
}
