/** Labels and annotations that pass from a definition to its runs, and from a run to its children. */

export type Texts = Readonly<Record<string, string>>;

const NOT_INHERITED =
  /^(kubectl\.kubernetes\.io\/last-applied-configuration$|results\.tekton\.dev\/|chains\.tekton\.dev\/)/;

export function inherited(annotations: Texts = {}): Texts {
  return Object.fromEntries(
    Object.entries(annotations).filter(([name]) => !NOT_INHERITED.test(name)),
  );
}

export function annotated(annotations: Texts): { annotations?: Record<string, string> } {
  return Object.keys(annotations).length > 0 ? { annotations: { ...annotations } } : {};
}
