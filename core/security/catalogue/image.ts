/** Findings about the image itself, and about who vouches for it. */
import type { FindingKind } from './kind.ts';

export const IMAGE_FINDINGS = {
  IMG001: {
    severity: 'high',
    weight: 'always',
    excepted: true,
    about: 'The image has no digest: the registry did not tell one',
    fix: 'let the registry be asked: give its login as the workspace registry-credentials',
  },
  IMG002: {
    severity: 'critical',
    weight: 'always',
    excepted: false,
    about: 'The manifest that the registry sent is not the one that the digest names',
    fix: 'push the image anew, and find out who has changed the registry or what lies before it',
  },
  IMG003: {
    severity: 'critical',
    weight: 'always',
    excepted: false,
    about: 'The tag leads to another image than the one that was checked',
    fix: 'begin the run anew; let tags of releases be immutable in the registry',
  },
  IMG004: {
    severity: 'high',
    weight: 'always',
    excepted: true,
    about: 'The image comes from a registry, or a repository, that the policy does not allow',
    fix: 'push it to one of security.registries, or add the repository there',
  },
  SIG001: {
    severity: 'critical',
    weight: 'always',
    excepted: false,
    about: 'The image, or an attestation that is required, is not signed',
    fix: 'sign it by its digest: cosign sign --key … <image>@<digest>',
  },
  SIG002: {
    severity: 'critical',
    weight: 'always',
    excepted: false,
    about: 'There are signatures, and none is by a key or an identity of the policy',
    fix: 'sign with the key that security.signatures names, or name the key that signs',
  },
  SIG003: {
    severity: 'critical',
    weight: 'always',
    excepted: false,
    about: 'A signature of the right key is about something else: another image, another type',
    fix: 'sign this digest; a signature cannot be copied from another image',
  },
  SIG004: {
    severity: 'critical',
    weight: 'undecided',
    excepted: false,
    about: 'More signatures and attestations lie beside the image than are looked at',
    fix: 'delete signatures and attestations that no one needs: cosign clean <image>',
  },
  REG001: {
    severity: 'critical',
    weight: 'undecided',
    excepted: false,
    about: 'The registry did not answer what was asked: a login, a limit, a fault, a timeout',
    fix: 'see that it answers, and begin the run anew: an image is not unsigned because no one could ask',
  },
} as const satisfies Readonly<Record<string, FindingKind>>;
