/** The file that tells kubectl and client libraries where the API is and who they are. */
import { Buffer } from 'node:buffer';
import { stringify } from 'yaml';

export interface KubeconfigSource {
  readonly url: string;
  readonly ca: string;
  readonly user: string;
  readonly token: string;
  readonly namespace?: string;
}

export function kubeconfig({ url, ca, user, token, namespace }: KubeconfigSource): string {
  const cluster = 'embedded';
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: cluster,
        cluster: { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') },
      },
    ],
    users: [{ name: user, user: { token } }],
    contexts: [{ name: cluster, context: { cluster, user, ...(namespace ? { namespace } : {}) } }],
    'current-context': cluster,
  });
}
