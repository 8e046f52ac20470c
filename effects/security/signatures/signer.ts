/**
 * A key, or an identity with its certificates, that the policy trusts. What is checked is @sigstore/verify's
 * work, but for two things: its policy takes an identity for a pattern that may match a part, so identities
 * are compared here; and entries of a transparency log say nothing about a key of the policy's own.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { type Bundle, bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { type TrustMaterial, toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import type { Identity } from '../../../core/security/policy/policy.ts';

export interface Signer {
  /** Whether it has signed what is in the bundle. `artifact` is what a signature that has no envelope is about. */
  hasSigned(bundle: Bundle, artifact?: Buffer): boolean;
}

/** Undefined where the text is none, or not what is still thought safe. */
export function keyFrom(pem: string): KeyObject | undefined {
  try {
    const key = createPublicKey(pem);
    return isSafe(key) ? key : undefined;
  } catch {
    return undefined;
  }
}

const LEAST_RSA_BITS = 2048;

/** The kinds that cosign makes, and that the library checks by SHA-256. */
function isSafe({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
  switch (asymmetricKeyType) {
    case 'ec':
      return asymmetricKeyDetails?.namedCurve === 'prime256v1';
    case 'rsa':
      return (asymmetricKeyDetails?.modulusLength ?? 0) >= LEAST_RSA_BITS;
    case 'ed25519':
      return true;
    default:
      return false;
  }
}

export function keySigner(key: KeyObject): Signer {
  const material: TrustMaterial = {
    certificateAuthorities: [],
    timestampAuthorities: [],
    tlogs: [],
    ctlogs: [],
    publicKey: () => ({ publicKey: key, validFor: () => true }),
  };
  const verifier = new Verifier(material, {
    tlogThreshold: 0,
    ctlogThreshold: 0,
    timestampThreshold: 0,
  });
  return {
    hasSigned: (bundle, artifact) =>
      succeeds(() => {
        const { signature } = toSignedEntity(bundle, artifact);
        const own = { $case: 'public-key', hint: '' } as const;
        verifier.verify({ signature, key: own, timestamps: [], tlogEntries: [] });
      }),
  };
}

/** A trusted root as Sigstore writes it (JSON). Undefined where it is none. */
export function trustFrom(text: string): TrustMaterial | undefined {
  try {
    const material = toTrustMaterial(TrustedRoot.fromJSON(JSON.parse(text)));
    return material.certificateAuthorities.length > 0 ? material : undefined;
  } catch {
    return undefined;
  }
}

/**
 * As strict as the root lets it be: an entry of a transparency log and of the log of certificates is wanted
 * where the root has such logs, and a time that someone else vouches for always.
 */
export function identitySigner(material: TrustMaterial, { issuer, subject }: Identity): Signer {
  const verifier = new Verifier(material, {
    tlogThreshold: material.tlogs.length > 0 ? 1 : 0,
    ctlogThreshold: material.ctlogs.length > 0 ? 1 : 0,
    timestampThreshold: 1,
  });
  return {
    hasSigned: (bundle, artifact) =>
      succeeds(() => {
        const { identity } = verifier.verify(toSignedEntity(bundle, artifact));
        const { subjectAlternativeName, extensions } = identity ?? {};
        if (subjectAlternativeName !== subject) throw new Error('another subject');
        if (extensions?.issuer !== issuer) throw new Error('another issuer');
      }),
  };
}

/** Undefined where it is none that could be checked. */
export function bundleFrom(value: unknown): Bundle | undefined {
  try {
    return bundleFromJSON(value);
  } catch {
    return undefined;
  }
}

/** Whatever goes wrong while a signature is looked at, it is not a good one. */
function succeeds(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}
