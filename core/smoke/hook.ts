/** The drain hook of a pod, as it is called. */
import type { Plan } from '../plan/plan.ts';
import { schemeOf, speaking, urlOf } from './checks.ts';

/** Undefined where the config names none. */
export function hookCall(plan: Plan, host: string) {
  const { hook } = plan.settings.drain;
  if (!hook) return undefined;
  const scheme = schemeOf(plan, hook.port);
  const url = urlOf(scheme, host, hook.port ?? plan.port, hook.path);
  return { method: hook.method, url, ...speaking(scheme) };
}
