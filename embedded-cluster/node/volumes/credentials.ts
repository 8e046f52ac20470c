/** How what runs in a pod reaches the API, and as whom. */
import type { Pod } from '../../kubernetes/shapes.ts';

export interface Credentials {
  /** The API's address as a pod sees it. */
  readonly server: {
    readonly host: string;
    readonly port: number;
    readonly scheme: 'http' | 'https';
  };
  /** The certificate that the API's own is signed by, where it has one. */
  readonly caPem: string | undefined;
  /** A token of the pod's account that ends with the pod; undefined where there is no such account. */
  tokenFor(pod: Pod, wish: TokenProjection): PodToken | undefined;
}

/** What a projected volume asks for. */
export interface TokenProjection {
  readonly audience?: string | undefined;
  readonly expirationSeconds?: number | undefined;
}

export interface PodToken {
  readonly token: string;
  /** How long it is good for; the kubelet asks for another one well before. */
  readonly lifetimeMs: number;
}

export const SERVICE_ACCOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';

/** A kubeconfig for the token in a file: it stands for the in-cluster configuration that clients look for. */
export function kubeconfig(
  { server, caPem }: Credentials,
  tokenFile: string,
  namespace: string,
): string {
  const url = `${server.scheme}://${server.host}:${server.port}`;
  const authority = caPem
    ? { 'certificate-authority-data': Buffer.from(caPem).toString('base64') }
    : {};
  // JSON is YAML.
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'in-cluster', cluster: { server: url, ...authority } }],
    // What kubectl calls it, and what the client library for JavaScript does.
    users: [{ name: 'pod', user: { tokenFile, 'token-file': tokenFile } }],
    contexts: [{ name: 'pod', context: { cluster: 'in-cluster', user: 'pod', namespace } }],
    'current-context': 'pod',
  });
}
