/** A certificate authority and a server certificate, made anew for every cluster. */
import { generate } from 'selfsigned';

export interface Certificates {
  /** PEM, as clients trust it. */
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

const COMMON = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;

export async function createCertificates(): Promise<Certificates> {
  const authority = await generate([{ name: 'commonName', value: 'embedded-cluster-ca' }], {
    ...COMMON,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: 'kube-apiserver' }], {
    ...COMMON,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 2, value: 'kubernetes.default.svc' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { ca: authority.cert, certificate: server.cert, key: server.private };
}
