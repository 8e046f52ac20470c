/** What a plan keeps of how Istio routes a service's traffic. */
import type { MovedRoute } from '../found-rules.ts';
import type { HeaderRoute } from '../routing.ts';

export const ISTIO_VERSIONS = ['networking.istio.io/v1', 'networking.istio.io/v1beta1'];

export interface IstioRouting {
  readonly router: 'istio';
  /** Every VirtualService of the namespace that leads to the service. */
  readonly routes: readonly MovedRoute[];
  /** The names by which the mesh knows the service; the first is the one that its routes use. */
  readonly hosts: readonly string[];
  readonly destinationRule: {
    readonly apiVersion: string;
    readonly name: string;
    /** Undefined where there was none: then it is the release's own, and goes with it. */
    readonly before: readonly unknown[] | undefined;
  };
  readonly subsets: { readonly stable: string; readonly candidate: string };
  readonly headers: HeaderRoute;
}

/** Earlier versions knew one route with one rule. */
interface EarlierRouting extends Omit<IstioRouting, 'routes' | 'hosts'> {
  readonly virtualService: { readonly apiVersion: string; readonly name: string };
  readonly entry: number;
  readonly entryName?: string;
  readonly before: readonly unknown[];
  readonly destination: { readonly host: string };
}

export function readIstioRouting(routing: IstioRouting | EarlierRouting): IstioRouting {
  if (!('virtualService' in routing)) return routing;
  const { virtualService, entry, entryName: name, before, destination, ...rest } = routing;
  const rules = [{ name, index: entry, before }];
  const route: MovedRoute = { ...virtualService, kind: 'VirtualService', rules };
  return { ...rest, routes: [route], hosts: [destination.host] };
}
