/** Fetches what has a digest, and holds it against that; a registry that does not answer is a finding. */
import { createHash } from 'node:crypto';
import { isDigest } from '../../../core/base/image.ts';
import { jsonOf, MOST_OF_LARGE } from '../../../core/base/json.ts';
import { type Finding, found } from '../../../core/security/finding.ts';
import { MANIFESTS } from '../../inputs/image-registry.ts';
import type { RepositorySession } from '../../inputs/registry-session.ts';

/** Thrown, and told as what it is: what follows from it is no one's to decide halfway. */
export class EvidenceFault extends Error {
  readonly finding: Finding;

  constructor(finding: Finding) {
    super(finding.message);
    this.finding = finding;
  }
}

export interface Fetched {
  readonly digest: string;
  readonly text: string;
  readonly value: unknown;
}

const MOST_MANIFEST_BYTES = 4 * 1_048_576;

/** By tag or digest; undefined where there is none. Throws EvidenceFault where that cannot be said. */
export async function fetchManifest(
  session: RepositorySession,
  reference: string,
): Promise<Fetched | undefined> {
  const path = `manifests/${reference}`;
  const answer = await session.ask({
    method: 'GET',
    path,
    accept: MANIFESTS,
    mostBytes: MOST_MANIFEST_BYTES,
  });
  if (answer.kind === 'failed') throw unanswered(session, path, answer.why);
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw unanswered(session, path, `it answered ${answer.status}`);
  const told = answer.headers.get('docker-content-digest');
  const wanted = isDigest(reference) ? reference : told;
  return checked(session, path, answer.body, wanted);
}

/** Throws EvidenceFault where it does not come, or is not what its digest says. */
export async function fetchBlob(
  session: RepositorySession,
  digest: string,
  mostBytes: number,
): Promise<Fetched> {
  const path = `blobs/${digest}`;
  if (!isDigest(digest)) throw unanswered(session, 'a blob', 'its digest is not one of sha256');
  const answer = await session.ask({ method: 'GET', path, accept: '*/*', mostBytes });
  if (answer.kind === 'failed') throw unanswered(session, path, answer.why);
  if (answer.status !== 200) throw unanswered(session, path, `it answered ${answer.status}`);
  return checked(session, path, answer.body, digest);
}

/** A document that no digest names, such as the list of referrers; undefined where there is none. */
export async function fetchList(
  session: RepositorySession,
  path: string,
  accept: string,
): Promise<{ readonly value: unknown; readonly next: string | undefined } | undefined> {
  const answer = await session.ask({ method: 'GET', path, accept, mostBytes: MOST_MANIFEST_BYTES });
  if (answer.kind === 'failed') throw unanswered(session, path, answer.why);
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw unanswered(session, path, `it answered ${answer.status}`);
  const [, next] = /<([^>]+)>\s*;\s*rel="?next"?/.exec(answer.headers.get('link') ?? '') ?? [];
  return { value: jsonOf(answer.body), next };
}

export function unanswered({ urlOf }: RepositorySession, path: string, why: string): EvidenceFault {
  return new EvidenceFault(found('REG001', `${urlOf(path)}: ${why}`));
}

function checked(
  { urlOf }: RepositorySession,
  path: string,
  text: string,
  wanted: string | undefined,
): Fetched {
  const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
  if (wanted !== undefined && wanted !== digest) {
    throw new EvidenceFault(
      found('IMG002', `${urlOf(path)} is said to be ${wanted}, and is ${digest}`),
    );
  }
  return { digest, text, value: jsonOf(text, MOST_OF_LARGE) };
}
