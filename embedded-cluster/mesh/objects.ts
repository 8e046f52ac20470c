/** The routes of Istio and of the Gateway API: of their fields, those that a proxy here goes by. */
import { collection } from '../kubernetes/collection.ts';
import type { StatusCondition } from '../kubernetes/controllers/conditions.ts';
import {
  GATEWAY_CLASSES,
  GATEWAYS,
  GRPC_ROUTES,
  HTTP_ROUTES,
} from '../kubernetes/kinds/network/gateway-api.ts';
import { DESTINATION_RULES, VIRTUAL_SERVICES } from '../kubernetes/kinds/network/istio.ts';
import type { KubeObject } from '../kubernetes/store/object.ts';

/** Empty where anything will do that is there. */
export interface StringMatch {
  readonly exact?: string;
  readonly prefix?: string;
  readonly regex?: string;
}

export interface HttpMatch {
  readonly uri?: StringMatch;
  readonly method?: StringMatch;
  readonly authority?: StringMatch;
  readonly headers?: Readonly<Record<string, StringMatch>>;
  readonly withoutHeaders?: Readonly<Record<string, StringMatch>>;
  readonly queryParams?: Readonly<Record<string, StringMatch>>;
  readonly ignoreUriCase?: boolean;
  readonly port?: number;
  readonly gateways?: readonly string[];
  readonly sourceLabels?: Readonly<Record<string, string>>;
  readonly sourceNamespace?: string;
}

export interface Destination {
  readonly host: string;
  readonly subset?: string;
  readonly port?: { readonly number?: number };
}

export interface MeshRoute {
  readonly match?: readonly HttpMatch[];
  readonly route?: readonly { readonly destination: Destination; readonly weight?: number }[];
  readonly delegate?: { readonly name: string; readonly namespace?: string };
  readonly redirect?: { readonly redirectCode?: number };
  readonly directResponse?: { readonly status: number };
}

export interface VirtualService extends KubeObject {
  readonly spec: {
    /** A delegate has none: the root that names it has. */
    readonly hosts?: readonly string[];
    readonly gateways?: readonly string[];
    readonly http?: readonly MeshRoute[];
  };
}

export interface DestinationRule extends KubeObject {
  readonly spec: {
    readonly host: string;
    readonly subsets?: readonly {
      readonly name: string;
      readonly labels?: Readonly<Record<string, string>>;
    }[];
  };
}

export interface GatewayClass extends KubeObject {
  readonly spec: { readonly controllerName: string };
  readonly status?: { readonly conditions?: readonly GatewayCondition[] };
}

export interface GatewayCondition extends StatusCondition {
  observedGeneration?: number;
}

export interface Listener {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  readonly hostname?: string;
  readonly allowedRoutes?: {
    readonly kinds?: readonly { readonly group?: string; readonly kind: string }[];
    readonly namespaces?: { readonly from?: string };
  };
}

export interface ListenerStatus {
  readonly name: string;
  readonly attachedRoutes: number;
  readonly supportedKinds: readonly { readonly group: string; readonly kind: string }[];
  readonly conditions: readonly GatewayCondition[];
}

export interface Gateway extends KubeObject {
  readonly spec: { readonly gatewayClassName: string; readonly listeners: readonly Listener[] };
  readonly status?: {
    readonly addresses?: readonly { readonly type?: string; readonly value: string }[];
    readonly conditions?: readonly GatewayCondition[];
    readonly listeners?: readonly ListenerStatus[];
  };
}

export interface ParentRef {
  readonly group?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name: string;
  readonly sectionName?: string;
  readonly port?: number;
}

interface ValueMatch {
  readonly name: string;
  readonly value: string;
  readonly type?: string;
}

export interface RouteMatch {
  readonly path?: { readonly type?: string; readonly value?: string };
  readonly method?: string;
  readonly headers?: readonly ValueMatch[];
  readonly queryParams?: readonly ValueMatch[];
}

export interface BackendRef {
  readonly group?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name: string;
  readonly port?: number;
  readonly weight?: number;
}

export interface RouteRule {
  readonly matches?: readonly RouteMatch[];
  readonly backendRefs?: readonly BackendRef[];
}

export interface RouteParentStatus {
  readonly parentRef: ParentRef;
  readonly controllerName: string;
  readonly conditions: readonly GatewayCondition[];
}

export interface HttpRoute extends KubeObject {
  readonly spec: {
    readonly parentRefs?: readonly ParentRef[];
    readonly hostnames?: readonly string[];
    readonly rules?: readonly RouteRule[];
  };
  readonly status?: { readonly parents: readonly RouteParentStatus[] };
}

export interface GrpcMatch {
  readonly method?: { readonly type?: string; readonly service?: string; readonly method?: string };
  readonly headers?: readonly ValueMatch[];
}

export interface GrpcRoute extends KubeObject {
  readonly spec: {
    readonly parentRefs?: readonly ParentRef[];
    readonly hostnames?: readonly string[];
    readonly rules?: readonly {
      readonly matches?: readonly GrpcMatch[];
      readonly backendRefs?: readonly BackendRef[];
    }[];
  };
  readonly status?: { readonly parents: readonly RouteParentStatus[] };
}

export const virtualServices = collection<VirtualService>(VIRTUAL_SERVICES);
export const destinationRules = collection<DestinationRule>(DESTINATION_RULES);
export const gatewayClasses = collection<GatewayClass>(GATEWAY_CLASSES);
export const gateways = collection<Gateway>(GATEWAYS);
export const httpRoutes = collection<HttpRoute>(HTTP_ROUTES);
export const grpcRoutes = collection<GrpcRoute>(GRPC_ROUTES);
