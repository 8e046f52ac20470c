// Bundles, with certificates and with keys: what has been changed by one character is refused, and a second
// implementation of the check agrees.
import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { initializeCA, initializeCTLog, initializeTSA } from '@sigstore/mock';
import fc from 'fast-check';
import {
  bundleFrom,
  identitySigner,
  keyFrom,
  keySigner,
  trustFrom,
} from '../../../effects/security/signatures/signer.ts';
import { bundleOf, keyBundle, preAuth, SIGN, statement } from './support/content.ts';
import { keyPair } from './support/looking.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const PAYLOAD = statement(DIGEST, SIGN);
const ISSUER = 'https://token.actions.example';
const SUBJECT = 'https://github.example/team/payment/.ci/release.yaml@refs/tags/v1';

function hasSigned(signer: ReturnType<typeof keySigner>, text: string): boolean {
  const bundle = bundleFrom(jsonOrNothing(text));
  return bundle !== undefined && signer.hasSigned(bundle);
}

function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The same by node:crypto alone, read from the JSON by hand. */
function secondOpinion(text: string, key: KeyObject): boolean {
  const value = jsonOrNothing(text);
  const { mediaType, verificationMaterial, dsseEnvelope } = Object(value);
  const { payload, payloadType, signatures } = Object(dsseEnvelope);
  const isBundle =
    /^application\/vnd\.dev\.sigstore\.bundle(\.v\d\.\d\+json|\+json;version=\d\.\d)/.test(
      mediaType,
    );
  if (!isBundle || !verificationMaterial || typeof payload !== 'string') return false;
  const written = Buffer.from(payload, 'base64').toString('utf8');
  const signature = Buffer.from(String(signatures?.[0]?.sig), 'base64');
  return verify('sha256', preAuth(written, String(payloadType)), key, signature);
}

describe('a bundle by a key', () => {
  const { privateKey, pem } = keyPair();
  const signer = keySigner(keyFrom(pem) ?? privateKey);
  const text = JSON.stringify(keyBundle(PAYLOAD, privateKey));
  const key = createPublicKey(pem);

  test('is good as it is, and good with spaces in its JSON', () => {
    for (const good of [text, JSON.stringify(JSON.parse(text), undefined, 2)]) {
      expect([hasSigned(signer, good), secondOpinion(good, key)]).toEqual([true, true]);
    }
  });

  test('with one character of its payload or signature changed is refused, and so says a second implementation', () => {
    const { payload, signatures } = JSON.parse(text).dsseEnvelope;
    const [part, whole] = [String(payload), text.indexOf(payload)];
    const places = [
      ...Array.from({ length: part.length - 2 }, (_, at) => whole + at),
      ...Array.from(
        { length: signatures[0].sig.length - 4 },
        (_, at) => text.indexOf(signatures[0].sig) + at,
      ),
    ];
    let mutated = 0;
    for (const at of places) {
      for (const put of ['A', 'z', '+']) {
        if (text[at] === put) continue;
        const broken = text.slice(0, at) + put + text.slice(at + 1);
        mutated += 1;
        expect([at, put, hasSigned(signer, broken), secondOpinion(broken, key)]).toEqual([
          at,
          put,
          false,
          false,
        ]);
      }
    }
    expect(mutated).toBeGreaterThan(500);
  });

  test('with anything put in or taken out is refused wherever a second implementation refuses it', () => {
    const byte = fc.constantFrom(...'{}[],:"0Aa=/'.split(''), '');
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(3), byte, (at, left, put) => {
        const broken = text.slice(0, at) + put + text.slice(at + left);
        if (hasSigned(signer, broken)) expect(secondOpinion(broken, key)).toBe(true);
      }),
      { numRuns: 600 },
    );
  });
});

describe('a key', () => {
  test.each<[string, string, boolean]>([
    ['P-256', keyPair().pem, true],
    ['P-384', keyPair('P-384').pem, false],
    ['RSA of 2048 bits', rsa(2048), true],
    ['RSA of 1024 bits', rsa(1024), false],
    [
      'Ed25519',
      generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      true,
    ],
    ['no key', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n', false],
  ])('%s', (_what, pem, isTaken) => {
    expect(keyFrom(pem) !== undefined).toBe(isTaken);
  });
});

function rsa(modulusLength: number): string {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength });
  return publicKey.export({ type: 'spki', format: 'pem' }).toString();
}

describe('a bundle by a certificate', () => {
  let [root, text] = ['', ''];

  beforeAll(async () => {
    const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const log = await initializeCTLog(pair());
    const ca = await initializeCA(pair(), log);
    const signing = pair();
    const certificate = await ca.issueCertificate({
      publicKey: signing.publicKey.export({ type: 'spki', format: 'der' }),
      subjectAltName: SUBJECT,
      extensions: [{ oid: '1.3.6.1.4.1.57264.1.8', value: ISSUER }],
    });
    // As sigstore's own authority tells it: @sigstore/core reads no fraction that ends with a 0, which DER leaves out.
    const wholeSecond = new Date(Math.ceil(Date.now() / 1_000) * 1_000);
    const tsa = await initializeTSA(pair(), wholeSecond);
    const signature = sign('sha256', preAuth(PAYLOAD), signing.privateKey);
    const timestamp = await tsa.timestamp({
      artifactHash: createHash('sha256').update(signature).digest(),
      hashAlgorithmOID: '2.16.840.1.101.3.4.2.1',
      certReq: true,
      nonce: 1,
      policyOID: '1.2.3.4',
    });
    const material = {
      certificate: { rawBytes: base64(certificate) },
      timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: base64(timestamp) }] },
    };
    text = JSON.stringify(bundleOf(PAYLOAD, signature, material));
    const from = { start: new Date(Date.now() - 60_000).toISOString() };
    const chain = (...all: ArrayBufferView[]) => ({
      certificates: all.map((each) => ({ rawBytes: base64(each) })),
    });
    root = JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      certificateAuthorities: [
        { subject: {}, uri: '', certChain: chain(ca.rootCertificate), validFor: from },
      ],
      timestampAuthorities: [
        {
          subject: {},
          uri: '',
          certChain: chain(tsa.intCertificate, tsa.rootCertificate),
          validFor: from,
        },
      ],
      tlogs: [],
      ctlogs: [
        {
          baseUrl: '',
          hashAlgorithm: 'SHA2_256',
          publicKey: {
            rawBytes: base64(log.publicKey),
            keyDetails: 'PKIX_ECDSA_P256_SHA_256',
            validFor: from,
          },
          logId: { keyId: base64(log.logID) },
        },
      ],
    });
  });

  const signerOf = (issuer: string, subject: string, trusted = root) => {
    const trust = trustFrom(trusted);
    if (!trust) throw new Error('the root is none');
    return identitySigner(trust, { issuer, subject });
  };

  test('is good for its issuer and subject, each as a whole', () => {
    expect(hasSigned(signerOf(ISSUER, SUBJECT), text)).toBe(true);
    for (const [issuer, subject] of [
      [ISSUER, 'https://github.example/team/payment'],
      [ISSUER, '.*'],
      [ISSUER, ''],
      ['https://token.actions', SUBJECT],
      ['.*', SUBJECT],
    ] as const) {
      expect([issuer, subject, hasSigned(signerOf(issuer, subject), text)]).toEqual([
        issuer,
        subject,
        false,
      ]);
    }
  });

  test('is refused under another root, and without the time that someone else vouches for', async () => {
    const other = await initializeCA(generateKeyPairSync('ec', { namedCurve: 'P-256' }));
    const written = JSON.parse(root);
    written.certificateAuthorities[0].certChain.certificates[0].rawBytes = base64(
      other.rootCertificate,
    );
    expect(hasSigned(signerOf(ISSUER, SUBJECT, JSON.stringify(written)), text)).toBe(false);
    const timeless = JSON.parse(text);
    timeless.verificationMaterial.timestampVerificationData = undefined;
    expect(hasSigned(signerOf(ISSUER, SUBJECT), JSON.stringify(timeless))).toBe(false);
  });

  test('with one character changed is refused', () => {
    const signer = signerOf(ISSUER, SUBJECT);
    const { dsseEnvelope, verificationMaterial } = JSON.parse(text);
    const parts: string[] = [
      dsseEnvelope.payload,
      dsseEnvelope.signatures[0].sig,
      verificationMaterial.certificate.rawBytes,
    ];
    for (const part of parts) {
      const from = text.indexOf(part);
      for (let at = from; at < from + part.length - 4; at += 16) {
        const broken = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
        expect([at, hasSigned(signer, broken)]).toEqual([at, false]);
      }
    }
  });

  test.each([
    '',
    '{}',
    '[]',
    'null',
    '{"certificateAuthorities": 7}',
    '{"certificateAuthorities": []}',
  ])('is held against a root that is one: %s is none', (written) => {
    expect(trustFrom(written)).toBeUndefined();
  });
});

function base64(bytes: ArrayBufferView): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
