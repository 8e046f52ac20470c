/** How what runs in a pod reaches the API, and as whom. */

export interface Credentials {
  /** The API's address as a pod sees it. */
  readonly server: {
    readonly host: string;
    readonly port: number;
    readonly scheme: 'http' | 'https';
  };
  /** The certificate that the API's own is signed by, where it has one. */
  readonly caPem: string | undefined;
  /** Undefined where there is no such account. */
  tokenFor(namespace: string, serviceAccount: string): string | undefined;
}

export const SERVICE_ACCOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';

/** A kubeconfig for one token: it stands for the in-cluster configuration that clients look for. */
export function kubeconfig(
  { server, caPem }: Credentials,
  token: string,
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
    users: [{ name: 'pod', user: { token } }],
    contexts: [{ name: 'pod', context: { cluster: 'in-cluster', user: 'pod', namespace } }],
    'current-context': 'pod',
  });
}
