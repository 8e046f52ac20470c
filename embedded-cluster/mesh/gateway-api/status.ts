/** Conditions as the Gateway API has them: each names the generation that it was found for. */
import { timestamp } from '../../base/clock.ts';
import { conditionOf } from '../../kubernetes/controllers/conditions.ts';
import type { KubeObject } from '../../kubernetes/store/object.ts';
import type { World } from '../../kubernetes/world.ts';
import type { GatewayCondition } from '../objects.ts';

export const CONTROLLER_NAME = 'embedded-cluster.local/gateway';

export interface Finding {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message?: string;
}

/** The findings as conditions; the time of one moves only when its status does. */
export function conditionsFrom(
  { clock }: World,
  { metadata }: KubeObject,
  before: readonly GatewayCondition[] | undefined,
  findings: readonly Finding[],
): GatewayCondition[] {
  return findings.map(({ type, status, reason, message = '' }) => {
    const old = conditionOf(before, type);
    return {
      type,
      status,
      reason,
      message,
      observedGeneration: metadata.generation ?? 0,
      lastTransitionTime:
        old?.status === status && old.lastTransitionTime
          ? old.lastTransitionTime
          : timestamp(clock.now()),
    };
  });
}

/** `Programmed` stays as it was found for an older generation until the proxies have the new one. */
export function programmedCondition(
  world: World,
  object: KubeObject,
  before: readonly GatewayCondition[] | undefined,
  reach: 'everywhere' | 'not yet everywhere',
): GatewayCondition[] {
  const old = conditionOf(before, 'Programmed');
  if (reach === 'not yet everywhere') return old ? [old] : [];
  const finding: Finding = { type: 'Programmed', status: 'True', reason: 'Programmed' };
  return conditionsFrom(world, object, before, [finding]);
}
