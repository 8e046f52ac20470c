/** Whether the record says of releases that lost requests how many that were. */
import type { Measured } from './real.ts';

/** An interval of 95% that is one covers as often. */
const LEAST_COVERED = 0.95;
const HIDDEN_SHARE = 0.01;
/** Where fewer of the releases lose requests, nothing is shown. */
const LEAST_LOSSY = 0.5;

export const HONESTY_HEAD = [
  'releases that lose requests',
  'releases',
  'lost some',
  'requests',
  'not answered',
  'within the interval',
  'said none of more than 1%',
  'interval over truth, median',
] as const;

export function honestyOf(measured: readonly Measured[]): (string | number)[] {
  const lossy = measured.filter(isLossy);
  const sum = (of: (one: Measured) => number) => measured.reduce((all, one) => all + of(one), 0);
  return [
    measured.length,
    lossy.length,
    sum(({ requests }) => requests),
    sum(({ unanswered }) => unanswered),
    lossy.filter(isCovered).length,
    measured.filter(isHidden).length,
    `${median(lossy, 'least')} to ${median(lossy, 'most')}`,
  ];
}

export function isHonest(measured: readonly Measured[]): boolean {
  const lossy = measured.filter(isLossy);
  const isShown = lossy.length >= LEAST_LOSSY * measured.length;
  const covered = lossy.filter(isCovered).length;
  return isShown && covered >= LEAST_COVERED * lossy.length && !measured.some(isHidden);
}

function isLossy({ unanswered }: Measured): boolean {
  return unanswered > 0;
}

/** Whether what clients saw lies within what the product tells; "unknown" tells nothing. */
export function isCovered({ unanswered, told }: Measured): boolean {
  return told !== undefined && told.least <= unanswered && unanswered <= told.most;
}

function isHidden({ requests, unanswered, told }: Measured): boolean {
  return told?.failed === 0 && unanswered > requests * HIDDEN_SHARE;
}

function median(lossy: readonly Measured[], bound: 'least' | 'most'): string {
  const sorted = lossy
    .flatMap(({ unanswered, told }) => (told ? [told[bound] / unanswered] : []))
    .sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]?.toFixed(1) ?? '-';
}
