/** Gathers what speaks for an image and its pods, and against them, under a policy; all of it is judged. */
import { parseImage } from '../../core/base/image.ts';
import type { Subject } from '../../core/cluster/subject.ts';
import { exceptingBy } from '../../core/security/exceptions/excepting.ts';
import type { VexStatement } from '../../core/security/exceptions/statement.ts';
import type { Finding } from '../../core/security/finding.ts';
import {
  type CheckedImage,
  digestsOf,
  registryFindings,
} from '../../core/security/judging/evidence.ts';
import { type Tallied, Tally } from '../../core/security/judging/tally.ts';
import { type NetworkPolicy, networkFindings } from '../../core/security/pods/network.ts';
import { podSecurityFindings } from '../../core/security/pods/pod-security.ts';
import { manifestFindings, workloadFindings } from '../../core/security/pods/workload.ts';
import type { SecurityPolicy } from '../../core/security/policy/policy.ts';
import {
  attestationFindings,
  type Claim,
  signatureFindings,
} from '../../core/security/signatures/claims.ts';
import type { StageContext } from '../context/stage-context.ts';
import { openRepository, type RepositorySession } from '../inputs/registry-session.ts';
import { lookAtImage } from './registry/checked-image.ts';
import { EvidenceFault } from './registry/fetch.ts';
import { judgeReports } from './reports/judge-reports.ts';
import { claimsOf, type Signers } from './signatures/claims-of.ts';

export interface Asked {
  readonly policy: SecurityPolicy;
  readonly signers: Signers;
  readonly vex: readonly VexStatement[];
  readonly subject: Subject;
  readonly repository: string;
  readonly tag: string;
  readonly credentialsDir: string;
  /** Where reports may lie; each may be empty. */
  readonly reportDirs: readonly string[];
  /** Whether the file of the workspace is something else than a report. */
  readonly isOther: (file: string) => boolean;
}

export interface LookedAt {
  /** Undefined where the registry did not say what the tag is. */
  readonly image: CheckedImage | undefined;
  readonly tallied: Tallied;
}

export async function lookAtRelease(context: StageContext, asked: Asked): Promise<LookedAt> {
  const { policy, repository, tag, credentialsDir } = asked;
  const findings: Finding[] = [...(await podFindings(context, asked))];
  const session = await openRepository(context, repository, credentialsDir);
  const noted = async <T>(look: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await look();
    } catch (thrown) {
      if (!(thrown instanceof EvidenceFault)) throw thrown;
      findings.push(thrown.finding);
      return undefined;
    }
  };
  const image = await noted(() => lookAtImage(session, repository, tag));
  findings.push(...registryFindings(repository, policy.registries));
  const claims = image && (await noted(() => claimsAbout(session, image, asked)));
  if (claims) {
    findings.push(
      ...signatureFindings(policy.signatures, claims),
      ...attestationFindings(policy.attestations, policy.signatures, claims),
    );
  }
  const about = { repository, digests: image ? digestsOf(image) : [] };
  const excepting = exceptingBy(policy.exceptions, asked.vex, about, context.clock.now());
  const judgeBy = (baseline: ReadonlySet<string> | undefined): Tally => {
    const tally = new Tally(policy, excepting, baseline);
    for (const finding of findings) tally.add(finding);
    return tally;
  };
  if (!policy.gates || !image) return { image, tallied: judgeBy(undefined).end() };
  const stable = await stableConfigs(context, session, asked);
  const where = { dirs: asked.reportDirs, isOther: asked.isOther, claims: claims ?? [] };
  const now = context.clock.now();
  return { image, tallied: await judgeReports(where, image, stable, policy.gates, now, judgeBy) };
}

async function claimsAbout(
  session: RepositorySession,
  { digest }: CheckedImage,
  { policy, signers }: Asked,
): Promise<readonly Claim[]> {
  return policy.signatures.length === 0 ? [] : claimsOf(session, digest, signers);
}

/** The image that serves now, for telling its findings from new ones: where it is known, and no matter otherwise. */
async function stableConfigs(
  context: StageContext,
  session: RepositorySession,
  { subject, repository, credentialsDir }: Asked,
): Promise<readonly string[]> {
  const running = parseImage(subject.container.image ?? '');
  if (!running) return [];
  try {
    const own =
      running.repository === repository
        ? session
        : await openRepository(context, running.repository, credentialsDir);
    const { tag = 'latest', digest = tag } = running;
    const { platforms } = await lookAtImage(own, running.repository, tag, digest);
    return platforms.map(({ config }) => config);
  } catch (thrown) {
    if (thrown instanceof EvidenceFault) return [];
    throw thrown;
  }
}

/** Of the pods as they will run: those of the stable, with another image. */
async function podFindings(
  { kube }: StageContext,
  { policy, subject }: Asked,
): Promise<readonly Finding[]> {
  const { podSecurity, networkPolicies } = policy;
  const { deployment, container } = subject;
  const { name, namespace, annotations } = deployment.metadata;
  const { template } = deployment.spec;
  const findings: Finding[] = [];
  if (podSecurity) {
    findings.push(
      ...podSecurityFindings(template, podSecurity, name),
      ...workloadFindings(template, name, container.name),
      ...manifestFindings(annotations, name),
    );
  }
  if (networkPolicies) {
    const { items } = await kube.list<NetworkPolicy>({
      kind: 'networking.k8s.io/v1/NetworkPolicy',
      namespace: namespace ?? '',
    });
    findings.push(...networkFindings(template.metadata?.labels ?? {}, items, name));
  }
  return findings;
}
