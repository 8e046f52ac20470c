/** Which labels a selector matches, and what a set of labels looks like in a query. */

export type Labels = Readonly<Record<string, string>>;

/** True where every label of the selector is there; an empty selector selects nothing. */
export function selects(selector: Labels | undefined, labels: Labels | undefined): boolean {
  const wanted = Object.entries(selector ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => labels?.[key] === value);
}

/** `app=payment-service,version=blue` */
export function selectorText(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',');
}

export function sameLabels(a: Labels | undefined, b: Labels | undefined): boolean {
  return selectorText(a ?? {}) === selectorText(b ?? {});
}
