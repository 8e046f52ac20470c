/** The Gateway API's kinds of its standard channel, with their defaults and refusals. */
import type { FailureCause } from '../../definitions/failure.ts';
import { invalid, missing, unsupported, when } from '../../definitions/field-faults.ts';
import type { Kind } from '../../definitions/kind.ts';
import { requiredFaults } from '../../definitions/schema/required.ts';
import type { DraftObject, KubeObject } from '../../store/object.ts';
import {
  changed,
  changedItems,
  type Fields,
  fieldsOf,
  filled,
  itemsOf,
  specOf,
} from '../fields.ts';
import { isPort } from '../pods/pod-faults.ts';
import { typeShape } from '../types/shapes.ts';

const COMMON = {
  group: 'gateway.networking.k8s.io',
  versions: ['v1'],
  categories: ['gateway-api'],
  subresources: ['status'],
  origin: 'custom',
  generation: 'counted',
} as const satisfies Partial<Kind>;

export const GATEWAY_CLASSES: Kind = {
  ...COMMON,
  scope: 'Cluster',
  kind: 'GatewayClass',
  plural: 'gatewayclasses',
  singular: 'gatewayclass',
  shortNames: ['gc'],
  defaults: (draft) => withPending(draft, ['Accepted']),
  faults: classFaults,
};

export const GATEWAYS: Kind = {
  ...COMMON,
  scope: 'Namespaced',
  kind: 'Gateway',
  plural: 'gateways',
  singular: 'gateway',
  shortNames: ['gtw'],
  defaults: (draft) => withPending(gatewayDefaults(draft), ['Accepted', 'Programmed']),
  faults: gatewayFaults,
};

export const HTTP_ROUTES: Kind = {
  ...COMMON,
  scope: 'Namespaced',
  kind: 'HTTPRoute',
  plural: 'httproutes',
  singular: 'httproute',
  defaults: routeDefaults,
  faults: routeFaults,
};

/** A match without a path is of every method. */
export const GRPC_ROUTES: Kind = {
  ...COMMON,
  scope: 'Namespaced',
  kind: 'GRPCRoute',
  plural: 'grpcroutes',
  singular: 'grpcroute',
  defaults: (draft) =>
    changed(draft, 'spec', (spec) => changedItems(attachedRoute(spec), 'rules', backendDefaults)),
  faults: (route) => [
    ...requiredFaults(route, typeShape('gateway.GRPCRoute')),
    ...backendsFaults(route),
  ],
};

/** What the definitions give whoever has no controller yet. */
function withPending(draft: DraftObject, types: readonly string[]): DraftObject {
  const conditions = types.map((type) => ({
    type,
    status: 'Unknown',
    reason: 'Pending',
    message: 'Waiting for controller',
    lastTransitionTime: '1970-01-01T00:00:00Z',
  }));
  return { ...draft, status: draft.status ?? { conditions } };
}

function gatewayDefaults(draft: DraftObject): DraftObject {
  return changed(draft, 'spec', (spec) =>
    changedItems(spec, 'listeners', (listener) => {
      const { allowedRoutes = {} } = listener;
      const { namespaces = {}, ...kinds } = fieldsOf(allowedRoutes);
      const from = filled(fieldsOf(namespaces), { from: 'Same' });
      return { ...listener, allowedRoutes: { ...kinds, namespaces: from } };
    }),
  );
}

const EVERYTHING = { path: { type: 'PathPrefix', value: '/' } };

function routeDefaults(draft: DraftObject): DraftObject {
  return changed(draft, 'spec', (spec) => {
    const attached = filled(attachedRoute(spec), { rules: [{ matches: [EVERYTHING] }] });
    return changedItems(attached, 'rules', (rule) =>
      backendDefaults(
        changedItems(filled(rule, { matches: [EVERYTHING] }), 'matches', matchDefaults),
      ),
    );
  });
}

function attachedRoute(spec: Fields): Fields {
  return changedItems(spec, 'parentRefs', (parent) =>
    filled(parent, { group: COMMON.group, kind: 'Gateway' }),
  );
}

function backendDefaults(rule: Fields): Fields {
  return changedItems(rule, 'backendRefs', (backend) =>
    filled(backend, { group: '', kind: 'Service', weight: 1 }),
  );
}

function matchDefaults(match: Fields): Fields {
  const exact = (value: Fields): Fields => filled(value, { type: 'Exact' });
  const placed = changed(filled(match, EVERYTHING), 'path', (path) =>
    filled(path, EVERYTHING.path),
  );
  return changedItems(changedItems(placed, 'headers', exact), 'queryParams', exact);
}

function classFaults(gatewayClass: KubeObject): FailureCause[] {
  const { controllerName } = specOf(gatewayClass);
  return [
    ...requiredFaults(gatewayClass, typeShape('gateway.GatewayClass')),
    ...when(typeof controllerName === 'string' && !/^[^/]+\/.+$/.test(controllerName), () =>
      invalid('spec.controllerName', controllerName, 'should be a domain, a slash and a path'),
    ),
  ];
}

function gatewayFaults(gateway: KubeObject): FailureCause[] {
  const { listeners } = specOf(gateway);
  return [
    ...requiredFaults(gateway, typeShape('gateway.Gateway')),
    ...when(Array.isArray(listeners) && listeners.length === 0, () =>
      invalid('spec.listeners', listeners, 'should have at least 1 items'),
    ),
    ...itemsOf(listeners).flatMap(({ port }, at) => portFaults(port, `spec.listeners[${at}].port`)),
  ];
}

function portFaults(port: unknown, path: string): FailureCause[] {
  return when(port !== undefined && !isPort(port), () =>
    invalid(path, port, 'should be between 1 and 65535'),
  );
}

function routeFaults(route: KubeObject): FailureCause[] {
  const rules = itemsOf(specOf(route).rules);
  return [
    ...requiredFaults(route, typeShape('gateway.HTTPRoute')),
    ...rules.flatMap((rule, at) =>
      itemsOf(rule.matches).flatMap(({ path }, which) =>
        pathFaults(fieldsOf(path), `spec.rules[${at}].matches[${which}].path`),
      ),
    ),
    ...backendsFaults(route),
  ];
}

function backendsFaults(route: KubeObject): FailureCause[] {
  return itemsOf(specOf(route).rules).flatMap((rule, at) =>
    itemsOf(rule.backendRefs).flatMap((backend, which) =>
      backendFaults(backend, `spec.rules[${at}].backendRefs[${which}]`),
    ),
  );
}

const PATH_TYPES = ['Exact', 'PathPrefix', 'RegularExpression'];

function pathFaults({ type, value }: Fields, path: string): FailureCause[] {
  const isAbsolute = type === 'RegularExpression' || String(value).startsWith('/');
  return [
    ...when(!PATH_TYPES.includes(String(type)), () =>
      unsupported(`${path}.type`, type, PATH_TYPES),
    ),
    ...when(!isAbsolute, () => invalid(`${path}.value`, value, 'must be an absolute path')),
  ];
}

const MOST_WEIGHT = 1_000_000;

function backendFaults({ group, kind, port, weight }: Fields, path: string): FailureCause[] {
  const isService = group === '' && kind === 'Service';
  const isWeight = typeof weight === 'number' && weight >= 0 && weight <= MOST_WEIGHT;
  return [
    ...when(isService && port === undefined, () =>
      missing(`${path}.port`, 'Must have port for Service reference'),
    ),
    ...portFaults(port, `${path}.port`),
    ...when(!isWeight, () =>
      invalid(`${path}.weight`, weight, `should be between 0 and ${MOST_WEIGHT}`),
    ),
  ];
}
