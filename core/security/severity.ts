/** How bad a finding is, in the words of CVSS; what no one has rated is `unknown`, which is not harmless. */

export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'unknown'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What a policy can draw the line at. */
export const THRESHOLDS = ['critical', 'high', 'medium', 'low'] as const;
export type Threshold = (typeof THRESHOLDS)[number];

/** Scanners shout or capitalise; grype's `Negligible` is what trivy calls low. */
export function severityOf(text: unknown): Severity {
  const word = typeof text === 'string' ? text.toLowerCase() : '';
  if (word === 'negligible') return 'low';
  return SEVERITIES.find((severity) => severity === word) ?? 'unknown';
}

/** Whether it is at or above the line; of the unknown that cannot be said. */
export function reaches(severity: Severity, threshold: Threshold): boolean {
  return severity !== 'unknown' && rank(severity) <= rank(threshold);
}

/** The line that lets less through. */
export function stricter(a: Threshold, b: Threshold): Threshold {
  return rank(a) >= rank(b) ? a : b;
}

/** 0 is worst. */
export function rank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

export type Counts = Readonly<Record<Severity, number>>;

export const NO_COUNTS: Counts = { critical: 0, high: 0, medium: 0, low: 0, unknown: 0 };
