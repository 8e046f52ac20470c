/** Holds a pod template against the Pod Security Standards. */
import type { PodTemplate } from '../../kubernetes/objects.ts';
import { type Finding, found } from '../finding.ts';
import type { PodSecurityRule } from '../policy/policy.ts';
import { BASELINE, type Control } from './baseline.ts';
import { RESTRICTED } from './restricted.ts';
import { securedPod } from './shapes.ts';

export function podSecurityFindings(
  { metadata, spec }: PodTemplate,
  { level, minor = Number.POSITIVE_INFINITY }: Pick<PodSecurityRule, 'level' | 'minor'>,
  workload: string,
): Finding[] {
  const controls: readonly Control[] = controlsOf(level).filter(({ since = 0 }) => since <= minor);
  const seen = new Set<string>();
  return controls.flatMap(({ id, check }) =>
    check(securedPod(spec), metadata?.annotations ?? {}, minor).flatMap(({ path, what }) => {
      // Restricted asks some things again, and more strictly.
      const key = `${id} ${path}`;
      if (seen.has(key)) return [];
      seen.add(key);
      return [found(id, `${path}: ${what}`, { path, workload })];
    }),
  );
}

function controlsOf(level: PodSecurityRule['level']): readonly Control[] {
  switch (level) {
    case 'privileged':
      return [];
    case 'baseline':
      return BASELINE;
    case 'restricted':
      return [...BASELINE, ...RESTRICTED];
  }
}
