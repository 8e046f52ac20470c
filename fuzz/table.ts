/** What a run of the fuzzer has come to, for people. */
import type { Hunted } from './hunt.ts';

const HEAD = ['target', 'inputs', 'new in corpus', 'blocks', 'slowest ms', 'growth KiB', 'faults'];

export function table(hunted: readonly Hunted[]): string {
  const rows = [HEAD, ...hunted.map(rowOf)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function rowOf({ target, tried, kept, blocks, slowestMs, grownBytes, found }: Hunted): string[] {
  const growth = Math.max(0, Math.round(grownBytes / 1024));
  const counts = [tried, kept.length, blocks, Math.round(slowestMs), growth, found.length];
  return [target, ...counts.map(String)];
}
