/** Kubernetes' quantities: `250m`, `1.5`, `128Mi`, `2G`. */

const FACTORS: Readonly<Record<string, number>> = {
  '': 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** In cores, bytes or pieces; 0 where the text is no quantity. */
export function quantity(text: string | number | undefined): number {
  const match = /^(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(String(text ?? '0'));
  return match ? Number(match[1]) * (FACTORS[match[2] ?? ''] ?? 0) : 0;
}
