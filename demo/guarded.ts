/** Scenarios in which a release is looked at before it begins: what is asked of it, and what speaks for it. */
import { generateKeyPairSync, sign } from 'node:crypto';
import type { DraftObject } from '../embedded-cluster/kubernetes/store/object.ts';
import type { ImageSource } from '../embedded-cluster/registry/images/image.ts';
import { manifestOf } from '../embedded-cluster/registry/images/manifest.ts';
import type { Scenario } from './options.ts';

/** What a guarded scenario adds to the demonstration. */
export interface Guard {
  /** A section of the release config, as JSON is YAML; empty: none. */
  readonly config: string;
  readonly images: readonly ImageSource[];
  readonly objects: readonly DraftObject[];
}

const UNGUARDED: Guard = { config: '', images: [], objects: [] };
const EVIDENCE = 'payment-service-evidence';

/** The run with the scan, as a user asks for it. */
export function withScan(spec: unknown, scenario: Scenario): object {
  if (!isScanned(scenario)) return Object(spec);
  const { params = [], ...rest } = Object(spec);
  return {
    ...rest,
    params: [...params, { name: 'security-scan', value: 'run' }],
    ...(scenario === 'vulnerable'
      ? { workspaces: [{ name: 'evidence', configMap: { name: EVIDENCE } }] }
      : {}),
  };
}

/** Whether security-scan runs beside pre-validation. */
function isScanned(scenario: Scenario): boolean {
  return scenario === 'unsigned' || scenario === 'signed' || scenario === 'vulnerable';
}

/** `candidate`: the image that is to be released. */
export function guardOf(scenario: Scenario, candidate: ImageSource): Guard {
  const { digest, config } = manifestOf(candidate);
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = String(keys.publicKey.export({ type: 'spki', format: 'pem' }));
  switch (scenario) {
    case 'unsigned':
    case 'signed': {
      const signature = (payload: string): string =>
        sign('sha256', Buffer.from(payload), keys.privateKey).toString('base64');
      const images = scenario === 'signed' ? [signatureOf(candidate, digest, signature)] : [];
      return { ...UNGUARDED, config: section('security', { signatures: { keys: [pem] } }), images };
    }
    case 'vulnerable':
      return {
        config: section('security', { gates: { failOn: 'high' } }),
        images: [],
        objects: [evidence(config.digest)],
      };
    case 'incompatible':
      return {
        ...UNGUARDED,
        config: section('compatibility', {
          versions: [{ match: '>=1.2', requires: { ledger: '>=2.3 <4' } }],
        }),
      };
    case 'good-release':
    case 'noisy-but-good':
    case 'bad-release':
    case 'slow-release':
    case 'leaking-release':
    case 'dependency-down':
    case 'metrics-down':
    case 'never-ready':
    case 'migration':
    case 'bad-migration':
    case 'locked-migration':
      return UNGUARDED;
  }
}

function section(name: string, value: object): string {
  return `${name}: ${JSON.stringify(value)}`;
}

/** As cosign leaves it beside the image: https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md */
function signatureOf(
  { repository }: ImageSource,
  digest: string,
  signature: (payload: string) => string,
): ImageSource {
  const payload = JSON.stringify({
    critical: {
      identity: { 'docker-reference': repository },
      image: { 'docker-manifest-digest': digest },
      type: 'cosign container image signature',
    },
    optional: null,
  });
  const layer = {
    mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json',
    text: payload,
    annotations: { 'dev.cosignproject.cosign/signature': signature(payload) },
  };
  return { repository, tags: [`${digest.replace(':', '-')}.sig`], layers: [layer] };
}

/** What trivy says of the image, as CI would have kept it. */
function evidence(imageId: string): DraftObject {
  const report = {
    SchemaVersion: 2,
    CreatedAt: new Date().toISOString(),
    ArtifactName: 'payment-service:v1.2.0',
    ArtifactType: 'container_image',
    Metadata: { ImageID: imageId, OS: { Family: 'debian', Name: '12.9' } },
    Results: [
      {
        Target: 'payment-service:v1.2.0 (debian 12.9)',
        Class: 'os-pkgs',
        Type: 'debian',
        Packages: [{ Name: 'liblzma5', Version: '5.6.1-1' }],
        Vulnerabilities: [
          {
            VulnerabilityID: 'CVE-2024-3094',
            PkgName: 'liblzma5',
            InstalledVersion: '5.6.1-1',
            FixedVersion: '5.6.1+really5.4.5-1',
            Severity: 'CRITICAL',
            Title: 'xz: malicious code in distributed source',
          },
        ],
      },
    ],
  };
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: EVIDENCE },
    data: { 'trivy.json': JSON.stringify(report) },
  };
}
