/** The reports in a folder: what the scanner's step has left there, or what the run brought along. */
import { readdir } from 'node:fs/promises';
import { BadInput } from '../../base/failure.ts';
import { openFileWithin } from '../../base/workspace-file.ts';
import type { ReportSource } from './read-report.ts';

/** Two images of a handful of platforms each. */
const MOST_FILES = 50;
const CHUNK_BYTES = 262_144;

/** By name: all `*.json`, but for those that are something else. Throws BadInput where they are too many. */
export async function reportFilesIn(
  folder: string,
  isOther: (file: string) => boolean,
): Promise<readonly ReportSource[]> {
  const files = await readdir(folder);
  const reports = files.filter((file) => file.endsWith('.json') && !isOther(file));
  if (reports.length > MOST_FILES) {
    throw new BadInput([
      `the evidence has ${reports.length} reports: at most ${MOST_FILES} are read`,
    ]);
  }
  return reports.toSorted().map((name) => ({ name, chunks: () => chunksOf(folder, name) }));
}

/** Throws FileRefused where it is not a file of this folder. */
async function* chunksOf(folder: string, name: string): AsyncIterable<Buffer> {
  const file = await openFileWithin(folder, name);
  try {
    const buffer = Buffer.alloc(CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
