/** Reads all reports that there are of an image, and of the one that serves now, and judges what they list. */
import type { Instant } from '../../../core/base/vocabulary.ts';
import { attestedReport } from '../../../core/security/attested-report.ts';
import { type Finding, found, keyOf } from '../../../core/security/finding.ts';
import {
  type CheckedImage,
  coverageFindings,
  reportFindings,
} from '../../../core/security/judging/evidence.ts';
import type { Tallied, Tally } from '../../../core/security/judging/tally.ts';
import type { Gates } from '../../../core/security/policy/policy.ts';
import { type Claim, vouchedFor } from '../../../core/security/signatures/claims.ts';
import { type OpenedReport, openReport, readFindings, type Unreadable } from './read-report.ts';
import { reportFilesIn } from './report-files.ts';

export interface WhereReportsAre {
  /** Folders; an empty one is none. */
  readonly dirs: readonly string[];
  readonly isOther: (file: string) => boolean;
  readonly claims: readonly Claim[];
}

/** So many of the stable's findings are known from new ones; beyond, one counts as new. */
const MOST_BASELINE = 200_000;

/** `stable` are the digests of the configs of the image that serves now. */
export async function judgeReports(
  where: WhereReportsAre,
  image: CheckedImage,
  stable: readonly string[],
  gates: Gates,
  now: Instant,
  judgeBy: (baseline: ReadonlySet<string> | undefined) => Tally,
): Promise<Tallied> {
  const all = await openAll(where);
  const readable = all.filter((report) => report.kind === 'opened');
  const own = new Set(image.platforms.map(({ config }) => config));
  const isStable = ({ head: { imageId = '' } }: OpenedReport): boolean =>
    stable.includes(imageId) && !own.has(imageId);
  const tally = judgeBy(await baselineOf(readable.filter(isStable)));
  const reports = all.filter((report) => report.kind === 'unreadable' || !isStable(report));
  if (reports.length === 0) {
    tally.add(
      found(
        'SCN001',
        'there is no report: no file of a scanner, and no attestation vuln that is vouched for',
      ),
    );
  }
  const covered = new Set<string>();
  const add = (finding: Finding): void => tally.add(finding);
  for (const report of reports) {
    if (report.kind === 'unreadable') {
      add(report.finding);
      continue;
    }
    const { platform, findings } = reportFindings(
      report.source.name,
      report.head,
      image,
      gates,
      now,
    );
    for (const finding of findings) add(finding);
    if (platform !== undefined) covered.add(platform);
    const fault = await readFindings(report, add);
    if (fault) add(fault);
  }
  for (const finding of coverageFindings(image, gates, covered)) add(finding);
  return tally.end();
}

async function openAll({
  dirs,
  isOther,
  claims,
}: WhereReportsAre): Promise<(OpenedReport | Unreadable)[]> {
  const opened: (OpenedReport | Unreadable)[] = [];
  for (const dir of dirs.filter((each) => each !== '')) {
    for (const source of await reportFilesIn(dir, isOther)) opened.push(await openReport(source));
  }
  const attested = vouchedFor(claims).filter(({ what }) => what === 'vuln');
  for (const [index, { predicate }] of attested.entries()) {
    opened.push(await openAttested(`attestation vuln ${index + 1}`, predicate));
  }
  return opened;
}

/** What the attestation says of the scan counts where the report does not say it itself. */
async function openAttested(name: string, predicate: unknown): Promise<OpenedReport | Unreadable> {
  const { report, createdAt, databaseBuiltAt } = attestedReport(predicate);
  const bytes = Buffer.from(JSON.stringify(report ?? null));
  const opened = await openReport({
    name,
    async *chunks() {
      yield bytes;
    },
  });
  if (opened.kind === 'unreadable') return opened;
  const { head } = opened;
  return {
    ...opened,
    head: {
      ...head,
      createdAt: head.createdAt ?? createdAt,
      databaseBuiltAt: head.databaseBuiltAt ?? databaseBuiltAt,
    },
  };
}

/** Undefined where the image that serves now has no report that can be read: then nothing is old. */
async function baselineOf(
  reports: readonly OpenedReport[],
): Promise<ReadonlySet<string> | undefined> {
  if (reports.length === 0) return undefined;
  const known = new Set<string>();
  for (const report of reports) {
    const fault = await readFindings(report, (finding) => {
      if (known.size < MOST_BASELINE) known.add(keyOf(finding));
    });
    if (fault) return undefined;
  }
  return known;
}
