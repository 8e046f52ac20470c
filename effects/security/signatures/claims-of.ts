/** Reads what lies beside an image as claims, each with the signers of the policy who stand behind it. */
import { jsonOf, MOST_OF_LARGE } from '../../../core/base/json.ts';
import { fieldsOf, textOf } from '../../../core/security/fields.ts';
import type { Claim } from '../../../core/security/signatures/claims.ts';
import { readStatement, simpleSigningFault } from '../../../core/security/signatures/payloads.ts';
import type { RepositorySession } from '../../inputs/registry-session.ts';
import { bundlesOf, type Layer, layersOf } from '../registry/beside-image.ts';
import { bundleFrom, type Signer } from './signer.ts';

/** For each rule of the policy, in its order, its signers in theirs. */
export type Signers = readonly (readonly Signer[])[];

/** Throws EvidenceFault where the registry does not say what there is. */
export async function claimsOf(
  session: RepositorySession,
  digest: string,
  signers: Signers,
): Promise<readonly Claim[]> {
  const [signatures, attestations, bundles] = [
    await layersOf(session, digest, 'sig'),
    await layersOf(session, digest, 'att'),
    await bundlesOf(session, digest),
  ];
  return [
    ...signatures.map((layer) => signatureClaim(layer, digest, signers)),
    ...attestations.map((layer) => envelopeClaim(layer, digest, signers)),
    ...bundles.map((text) => bundleClaim(jsonOf(text, MOST_OF_LARGE), digest, signers)),
  ];
}

const SIMPLE_SIGNING = 'application/vnd.dev.cosign.simplesigning.v1+json';
const SIGNATURE = 'dev.cosignproject.cosign/signature';
/** Canonical, as RFC 4648 has it: what decoders forgive is forged with. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function signatureClaim(layer: Layer, digest: string, signers: Signers): Claim {
  const { mediaType, annotations, text } = layer;
  const signature = textOf(annotations[SIGNATURE]);
  if (mediaType !== SIMPLE_SIGNING) return noClaim('legacy', 'it is of another media type');
  if (signature === undefined) return noClaim('legacy', `it lacks the annotation ${SIGNATURE}`);
  if (!BASE64.test(signature)) return noClaim('legacy', 'its signature is not base64');
  const payload = Buffer.from(text);
  const bundle = bundleFrom({
    mediaType: BUNDLE_TYPE,
    verificationMaterial: { publicKey: { hint: '' } },
    messageSignature: { messageDigest: { algorithm: 'SHA2_256', digest: NO_DIGEST }, signature },
  });
  return {
    what: 'signature',
    format: 'legacy',
    fault: simpleSigningFault(text, digest),
    signers: signers.map((rule) =>
      signedBy(rule, (each) => bundle !== undefined && each.hasSigned(bundle, payload)),
    ),
    predicate: undefined,
  };
}

const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
/** The library wants one, and checks the artifact itself. */
const NO_DIGEST = Buffer.alloc(32).toString('base64');

/** An older attestation is an envelope that stands alone. */
function envelopeClaim({ text }: Layer, digest: string, signers: Signers): Claim {
  const envelope = jsonOf(text, MOST_OF_LARGE);
  const bundle = {
    mediaType: BUNDLE_TYPE,
    verificationMaterial: { publicKey: { hint: '' } },
    dsseEnvelope: envelope,
  };
  return { ...bundleClaim(bundle, digest, signers), format: 'legacy' };
}

function bundleClaim(value: unknown, digest: string, signers: Signers): Claim {
  const bundle = bundleFrom(value);
  if (!bundle) return noClaim('bundle', 'it is no Sigstore bundle');
  if (bundle.content.$case !== 'dsseEnvelope') return noClaim('bundle', 'it has no DSSE envelope');
  const { payloadType, payload } = bundle.content.dsseEnvelope;
  const written = fieldsOf(fieldsOf(value).dsseEnvelope).payload;
  if (!BASE64.test(String(written))) return noClaim('bundle', 'its payload is not base64');
  const statement = readStatement(payloadType, payload.toString('utf8'), digest);
  return {
    ...statement,
    format: 'bundle',
    signers: signers.map((rule) => signedBy(rule, (each) => each.hasSigned(bundle))),
  };
}

function signedBy(rule: readonly Signer[], isBy: (signer: Signer) => boolean): number[] {
  return rule.flatMap((signer, index) => (isBy(signer) ? [index] : []));
}

/** It is there, and vouches for nothing: so it is told, where nothing else does. */
function noClaim(format: Claim['format'], fault: string): Claim {
  return { what: 'signature', format, fault, signers: [], predicate: undefined };
}
