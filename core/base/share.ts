/** Shares of a whole: `5%` or `0.05`, and counts that may be given as a share of another count. */

/** A fraction between 0 and 1, or undefined where the text is none. */
export function parseShare(written: string | number): number | undefined {
  const text = String(written).trim();
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(text);
  const fraction = percent
    ? Number(percent[1]) / 100
    : /^\d*\.?\d+$/.test(text)
      ? Number(text)
      : -1;
  return fraction >= 0 && fraction <= 1 ? fraction : undefined;
}

/** `5%`, `0.3%`: for people. */
export function formatShare(fraction: number): string {
  return `${Number((fraction * 100).toFixed(fraction < 0.01 ? 2 : 1))}%`;
}

/** A count, or a percentage of `whole` rounded up, as Kubernetes does for a surge. */
export function countOf(written: number | string, whole: number): number {
  if (typeof written === 'number') return written;
  const percent = /^(\d+)%$/.exec(written);
  return percent ? Math.ceil((Number(percent[1]) / 100) * whole) : Number(written);
}

/** A count, or a percentage of `whole` rounded down, as Kubernetes does for what may be missing. */
export function countWithin(written: number | string, whole: number): number {
  if (typeof written === 'number') return written;
  const percent = /^(\d+)%$/.exec(written);
  return percent ? Math.floor((Number(percent[1]) / 100) * whole) : Number(written);
}

/** A multiple, `2x` or `2`; undefined where the text is none, or not above zero. */
export function parseFactor(written: string | number): number | undefined {
  const text = String(written).trim();
  const factor = /^\d*\.?\d+x?$/.test(text) ? Number(text.replace(/x$/, '')) : 0;
  return factor > 0 ? factor : undefined;
}
