/** What the demonstration shows: lines, and on a terminal one more that tells who serves just now. */
import type { Tally } from './load/tally.ts';

export interface Screen {
  line(text: string): void;
  /** Who answered since the last time, and how many requests failed so far. */
  traffic(tally: Tally): void;
  end(): void;
}

const EVERY_MS = 2_000;
const BAR = 12;

export function createScreen(stream: NodeJS.WriteStream): Screen {
  const began = Date.now();
  let last: Tally | undefined;
  let shownAt = 0;
  const clear = stream.isTTY ? '\r\u001b[2K' : '';
  let status = '';

  const line = (text: string): void => {
    const seconds = ((Date.now() - began) / 1000).toFixed(1).padStart(5);
    stream.write(`${clear}${seconds}s  ${text}\n${stream.isTTY ? status : ''}`);
  };

  return {
    line,
    traffic: (tally) => {
      if (!stream.isTTY && Date.now() - shownAt < EVERY_MS) return;
      shownAt = Date.now();
      status = `        ${trafficText(tally, last)}`.slice(0, (stream.columns ?? 0) - 1);
      if (stream.isTTY) stream.write(`${clear}${status}`);
      else line(trafficText(tally, last));
      last = tally;
    },
    end: () => stream.write(clear),
  };
}

function trafficText(tally: Tally, last: Tally | undefined): string {
  const recent = Object.entries(tally.servedBy)
    .map(([version, count]) => [version, count - (last?.servedBy[version] ?? 0)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const total = recent.reduce((sum, [, count]) => sum + count, 0);
  const shares = recent
    .map(([version, count]) => {
      const share = total === 0 ? 0 : count / total;
      return `${version} ${'#'.repeat(Math.round(share * BAR)).padEnd(BAR, '.')} ${Math.round(share * 100)}%`;
    })
    .join('  ');
  return `served by ${shares}  requests ${tally.requests}  failed ${tally.failed}`;
}
