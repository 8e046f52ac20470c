/**
 * Knows the rules of a route again that a plan has found, whatever others have changed meanwhile: by
 * name where they have one, else by content, and by place only where neither tells.
 */
import { sameJson } from '../base/json.ts';

/** A rule (HTTPRoute, GRPCRoute) or an entry (VirtualService) that leads to the service. */
export interface FoundRule {
  readonly name: string | undefined;
  /** Where it stood. */
  readonly index: number;
  /** All of it but where it leads; plans of earlier versions have none. */
  readonly like?: unknown;
  /** Where it led. */
  readonly before: readonly unknown[];
  /** The config names others: it has no share of weights between, and follows with the last step. */
  readonly follows?: boolean;
}

/** An object with rules that a release moves. */
export interface MovedRoute {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly rules: readonly FoundRule[];
}

/** A rule as it is now; `like`: all of it but where it leads. */
export interface Known {
  readonly index: number;
  readonly name: string | undefined;
  readonly like: unknown;
}

/** What was found, by where it stands now. What is new, or gone, is not in it. */
export function knownAgain(
  found: readonly FoundRule[],
  now: readonly Known[],
): ReadonlyMap<number, FoundRule> {
  const known = new Map<number, FoundRule>();
  const pairBy = (same: (rule: FoundRule, each: Known) => boolean): void => {
    for (const rule of found) {
      if ([...known.values()].includes(rule)) continue;
      const match = now.find((each) => !known.has(each.index) && same(rule, each));
      if (match) known.set(match.index, rule);
    }
  };
  pairBy(({ name }, each) => name !== undefined && name === each.name);
  pairBy(({ like }, each) => like !== undefined && sameJson(like, each.like));
  pairBy(({ index }, each) => index === each.index);
  return known;
}
