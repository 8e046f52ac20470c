/** The subsets of a DestinationRule: one for each revision, named after it, and never re-pointed. */

import type { Side } from '../../base/vocabulary.ts';
import { type Action, actionId, patchOf, targetOf } from '../../cluster/action.ts';
import type { ClusterView } from '../../cluster/observation.ts';
import { named } from '../../kubernetes/by-name.ts';
import type { KubernetesObject } from '../../kubernetes/objects.ts';
import { TEMPLATE_HASH } from '../../kubernetes/owners.ts';
import { MANAGED_BY } from '../service/router.ts';
import type { IstioRouted } from './entries.ts';

interface Subset {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface DestinationRule extends KubernetesObject {
  spec: { host: string; subsets?: readonly Subset[] };
}

/** Subsets of this name are a release's; others are somebody else's and stay. */
const OWN_SUBSET = /^release-/;

/** `release-green-v1-2-0`: at most 63 characters, as a DNS label. */
export function subsetName(colour: string, tag: string): string {
  const slug = tag.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return `release-${colour}-${slug}`.slice(0, 63).replace(/-+$/, '');
}

function destinationRuleOf(
  { routing }: IstioRouted,
  seen: ClusterView,
): DestinationRule | undefined {
  return named(seen.others, 'DestinationRule', routing.destinationRule.name);
}

export function addSubsets(routed: IstioRouted, seen: ClusterView): Action[] {
  const { release, routing, namespace } = routed;
  const rule = destinationRuleOf(routed, seen);
  const { name, apiVersion } = routing.destinationRule;
  const there = rule?.spec.subsets ?? [];
  const missing = (['stable', 'candidate'] as const)
    .filter((side) => !there.some((subset) => subset.name === routing.subsets[side]))
    .map((side): Subset => ({ name: routing.subsets[side], labels: labelsOf(routed, side) }));
  if (missing.length === 0) return [];
  const text = `DestinationRule ${name}: add subset ${missing.map((each) => each.name).join(' and ')}`;
  const id = actionId(release, 'add-subsets', name);
  if (rule) {
    const value = [...there, ...missing];
    return [{ id, text, effect: patchOf(rule, [{ op: 'add', path: '/spec/subsets', value }]) }];
  }
  const object: DestinationRule = {
    apiVersion,
    kind: 'DestinationRule',
    metadata: { name, namespace, labels: { ...MANAGED_BY } },
    spec: { host: routing.hosts[0] ?? routed.service, subsets: missing },
  };
  return [{ id, text: `create ${text}`, effect: { kind: 'create', object } }];
}

/** Where the stable's subset names its pods by a hash that they do not have any more. */
export function followStable(routed: IstioRouted, seen: ClusterView): Action[] {
  const { release, routing, selectors } = routed;
  const rule = destinationRuleOf(routed, seen);
  const { name } = routing.destinationRule;
  const index = rule?.spec.subsets?.findIndex((each) => each.name === routing.subsets.stable) ?? -1;
  const hash = rule?.spec.subsets?.[index]?.labels?.[TEMPLATE_HASH];
  const wanted = selectors.stable[TEMPLATE_HASH];
  if (!rule || hash === undefined || hash === wanted) return [];
  const path = `/spec/subsets/${index}/labels/${TEMPLATE_HASH}`;
  return [
    {
      id: actionId(release, `follow-${wanted}`, name),
      text: `let DestinationRule ${name} follow the stable's pods to ${TEMPLATE_HASH} ${wanted}`,
      effect: patchOf(rule, [{ op: 'replace', path, value: wanted }]),
    },
  ];
}

/** After a rollback: no subset that was not there before, no DestinationRule that was not. */
export function restoreSubsets(routed: IstioRouted, seen: ClusterView): Action[] {
  const { routing, release } = routed;
  const rule = destinationRuleOf(routed, seen);
  if (!rule) return [];
  const { name, uid = '' } = rule.metadata;
  const { before } = routing.destinationRule;
  if (before === undefined) {
    return [
      {
        id: actionId(release, 'delete-rule', name),
        text: `delete DestinationRule ${name}, which this release had created`,
        effect: { kind: 'delete', target: targetOf(rule), uid },
      },
    ];
  }
  const known = new Set(before.map((subset) => Object(subset).name));
  const added = Object.values(routing.subsets).filter((each) => !known.has(each));
  return withoutSubsets(routed, rule, added);
}

/** After a promotion: the old revision's subset, where a release had made it. */
export function dropSubset(routed: IstioRouted, seen: ClusterView): Action[] {
  const rule = destinationRuleOf(routed, seen);
  const { stable } = routed.routing.subsets;
  return rule && OWN_SUBSET.test(stable) ? withoutSubsets(routed, rule, [stable]) : [];
}

function withoutSubsets(
  { release }: IstioRouted,
  rule: DestinationRule,
  names: readonly string[],
): Action[] {
  const subsets = rule.spec.subsets ?? [];
  const value = subsets.filter(({ name }) => !names.includes(name));
  if (value.length === subsets.length) return [];
  const { name } = rule.metadata;
  return [
    {
      id: actionId(release, 'remove-subsets', name),
      text: `DestinationRule ${name}: remove subset ${names.join(' and ')}`,
      effect: patchOf(rule, [
        value.length === 0
          ? { op: 'remove', path: '/spec/subsets' }
          : { op: 'replace', path: '/spec/subsets', value },
      ]),
    },
  ];
}

/** What only this side's pods carry. */
function labelsOf({ selectors }: IstioRouted, side: Side): Record<string, string> {
  const common = Object.keys(selectors.both);
  return Object.fromEntries(
    Object.entries(selectors[side]).filter(([key]) => !common.includes(key)),
  );
}
