/** Istio's routes, in both versions that it serves, with what its API and its webhook refuse. */
import type { FailureCause } from '../../definitions/failure.ts';
import { duplicate, invalid, missing, when } from '../../definitions/field-faults.ts';
import type { Kind } from '../../definitions/kind.ts';
import { requiredFaults } from '../../definitions/schema/required.ts';
import type { KubeObject } from '../../store/object.ts';
import { type Fields, fieldsOf, itemsOf, specOf } from '../fields.ts';
import { typeShape } from '../types/shapes.ts';

const COMMON = {
  group: 'networking.istio.io',
  versions: ['v1', 'v1beta1'],
  scope: 'Namespaced',
  categories: ['istio-io', 'networking-istio-io'],
  subresources: ['status'],
  origin: 'custom',
  generation: 'counted',
} as const satisfies Partial<Kind>;

export const VIRTUAL_SERVICES: Kind = {
  ...COMMON,
  kind: 'VirtualService',
  plural: 'virtualservices',
  singular: 'virtualservice',
  shortNames: ['vs'],
  faults: virtualServiceFaults,
};

export const DESTINATION_RULES: Kind = {
  ...COMMON,
  kind: 'DestinationRule',
  plural: 'destinationrules',
  singular: 'destinationrule',
  shortNames: ['dr'],
  faults: destinationRuleFaults,
};

/** Source of the rules: ValidateVirtualService in istio/istio, pkg/config/validation. */
function virtualServiceFaults(service: KubeObject): FailureCause[] {
  const spec = specOf(service);
  const hosts = Array.isArray(spec.hosts) ? spec.hosts : [];
  const rules = [spec.http, spec.tcp, spec.tls].flatMap(itemsOf);
  return [
    ...requiredFaults(service, typeShape('istio.VirtualService')),
    // Without hosts it is a delegate, to which a root hands requests on; it has no gateways then.
    ...when(hosts.length === 0 && Array.isArray(spec.gateways) && spec.gateways.length > 0, () =>
      invalid('spec.gateways', spec.gateways, 'delegate virtual service must have no gateways'),
    ),
    ...when(hosts.length === 0 && [spec.tcp, spec.tls].flatMap(itemsOf).length > 0, () =>
      invalid('spec', 'tcp, tls', 'delegate virtual service supports http routes only'),
    ),
    ...when(rules.length === 0, () =>
      missing('spec', 'http, tcp or tls must be provided in virtual service'),
    ),
    ...itemsOf(spec.http).flatMap((route, at) => routeFaults(route, `spec.http[${at}]`)),
  ];
}

function routeFaults(route: Fields, path: string): FailureCause[] {
  const destinations = itemsOf(route.route);
  const weights = destinations.map(({ weight }) => (typeof weight === 'number' ? weight : 0));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const answers = [route.redirect, route.directResponse, route.delegate];
  const isEmpty = destinations.length === 0 && answers.every((answer) => answer === undefined);
  return [
    ...when(isEmpty, () => missing(path, 'HTTP route, redirect or direct_response is required')),
    ...weights.flatMap((weight, at) =>
      when(weight < 0, () =>
        invalid(`${path}.route[${at}].weight`, weight, 'weight must not be negative'),
      ),
    ),
    ...when(destinations.length > 1 && total === 0, () =>
      invalid(`${path}.route`, weights, 'total destination weight = 0'),
    ),
    ...itemsOf(route.match).flatMap((match, at) => matchFaults(match, `${path}.match[${at}]`)),
  ];
}

function matchFaults(match: Fields, path: string): FailureCause[] {
  const named = (field: string): [string, Fields][] =>
    Object.entries(fieldsOf(match[field])).map(([name, text]) => [
      `${path}.${field}.${name}`,
      fieldsOf(text),
    ]);
  const single = ['uri', 'method', 'authority', 'scheme'].map((field): [string, Fields] => [
    `${path}.${field}`,
    fieldsOf(match[field]),
  ]);
  return [
    ...single,
    ...named('headers'),
    ...named('withoutHeaders'),
    ...named('queryParams'),
  ].flatMap(([at, text]) =>
    when(Object.keys(text).length > 1, () =>
      invalid(at, text, 'must have only one of exact, prefix and regex'),
    ),
  );
}

function destinationRuleFaults(rule: KubeObject): FailureCause[] {
  const subsets = itemsOf(specOf(rule).subsets).map(({ name }) => name);
  return [
    ...when(rule.spec === undefined, () => missing('spec')),
    ...requiredFaults(rule, typeShape('istio.DestinationRule')),
    ...subsets.flatMap((name, at) =>
      when(name !== undefined && subsets.indexOf(name) < at, () =>
        duplicate(`spec.subsets[${at}].name`, name),
      ),
    ),
  ];
}
