/** Writes to the cluster as somebody else does: by the API, under a field manager's name of their own. */
import { Buffer } from 'node:buffer';
import type { SimulatedCluster } from '../../embedded-cluster/cluster/simulated-cluster.ts';
import type { ApiResponse } from '../../embedded-cluster/kubernetes/api/request/http.ts';
import type { DraftObject } from '../../embedded-cluster/kubernetes/store/object.ts';
import { NAMESPACE } from '../world/service.ts';

/** Where the objects of a kind are: `/apis/apps/v1 deployments`. */
export const PLACES = {
  service: ['/api/v1', 'services'],
  pod: ['/api/v1', 'pods'],
  configMap: ['/api/v1', 'configmaps'],
  resourceQuota: ['/api/v1', 'resourcequotas'],
  limitRange: ['/api/v1', 'limitranges'],
  deployment: ['/apis/apps/v1', 'deployments'],
  statefulSet: ['/apis/apps/v1', 'statefulsets'],
  job: ['/apis/batch/v1', 'jobs'],
  scaledObject: ['/apis/keda.sh/v1alpha1', 'scaledobjects'],
  autoscaler: ['/apis/autoscaling/v2', 'horizontalpodautoscalers'],
  virtualService: ['/apis/networking.istio.io/v1', 'virtualservices'],
  httpRoute: ['/apis/gateway.networking.k8s.io/v1', 'httproutes'],
} as const;

interface Writer {
  readonly world: { readonly cluster: SimulatedCluster };
  readonly deeds: { isWriting: boolean };
}

export type Place = keyof typeof PLACES;

export interface Hand {
  create(place: Place, object: DraftObject): void;
  /** A merge patch. */
  merge(place: Place, name: string, patch: Readonly<Record<string, unknown>>): void;
  /** A strategic merge patch, as `kubectl set image` sends it. */
  patch(place: Place, name: string, patch: Readonly<Record<string, unknown>>): void;
  /** Server-side apply with force. */
  apply(place: Place, object: DraftObject): void;
  delete(place: Place, name: string): void;
}

/** Nobody looks at the answers: what is not there, or is refused, somebody leaves alone. */
export function handOf({ world: { cluster }, deeds }: Writer, manager: string): Hand {
  const { front, adminToken } = cluster;
  const send = (method: string, path: string, body?: unknown, contentType = JSON_TYPE): void => {
    deeds.isWriting = true;
    const response: ApiResponse = front({
      method,
      path: `${path}?fieldManager=${manager}${contentType === APPLY_TYPE ? '&force=true' : ''}`,
      headers: {
        authorization: `Bearer ${adminToken}`,
        'content-type': contentType,
        'user-agent': `${manager}/v1`,
      },
      ...(body === undefined ? {} : { body: Buffer.from(JSON.stringify(body)) }),
    });
    deeds.isWriting = false;
    if (response.status === 400 || response.status === 422) {
      throw new Error(`${manager} wrote what cannot be: ${JSON.stringify(response)}`);
    }
  };
  return {
    create: (place, object) => send('POST', pathOf(place), object),
    merge: (place, name, patch) => send('PATCH', pathOf(place, name), patch, MERGE_TYPE),
    patch: (place, name, patch) => send('PATCH', pathOf(place, name), patch, STRATEGIC_TYPE),
    apply: (place, object) =>
      send('PATCH', pathOf(place, object.metadata.name), object, APPLY_TYPE),
    delete: (place, name) => send('DELETE', pathOf(place, name)),
  };
}

const JSON_TYPE = 'application/json';
const MERGE_TYPE = 'application/merge-patch+json';
const STRATEGIC_TYPE = 'application/strategic-merge-patch+json';
const APPLY_TYPE = 'application/apply-patch+yaml';

function pathOf(place: Place, name?: string): string {
  const [group, plural] = PLACES[place];
  const collection = `${group}/namespaces/${NAMESPACE}/${plural}`;
  return name === undefined ? collection : `${collection}/${name}`;
}
