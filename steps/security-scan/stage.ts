/** security-scan: is this image, and are its pods, fit to serve? Decides for itself, and blocks when it cannot. */
import { foreignText } from '../../core/base/foreign-text.ts';
import { imageText } from '../../core/base/image.ts';
import { MOST_FOUND_CHARACTERS, type SectionState } from '../../core/journal/stage-sections.ts';
import { timestampOf } from '../../core/kubernetes/time.ts';
import { decide } from '../../core/security/judging/decision.ts';
import { type ScanReport, toldOf } from '../../core/security/outputs/scan-report.ts';
import type { SecurityPolicy } from '../../core/security/policy/policy.ts';
import { overruled, tightened } from '../../core/security/policy/tighten.ts';
import { loadRelease } from '../../effects/config/load.ts';
import type { StageContext } from '../../effects/context/stage-context.ts';
import { saveSection } from '../../effects/ownership/journal/stage-sections.ts';
import { signersOf, vexOf } from '../../effects/security/evidence-files.ts';
import { loadInstallerPolicy } from '../../effects/security/installer-policy.ts';
import { type LookedAt, lookAtRelease } from '../../effects/security/look-at-release.ts';
import { paramsOf, REQUEST_OPTIONS, subjectOf, text } from '../../effects/stage/options.ts';
import { option, type Stage, type StageEnd } from '../../effects/stage/run-stage.ts';
import { writeReports } from './reports.ts';
import { repositoryOf, subjectIn } from './subject.ts';

type Run = ReturnType<typeof subjectOf>;

export const stage: Stage = {
  name: 'security-scan',
  summary: 'decides whether an image and its pods are fit to serve, and changes nothing',
  options: {
    ...REQUEST_OPTIONS,
    'scan-dir': option('A folder with the reports that a scanner has written in this run', ''),
    'evidence-dir': option('A folder with reports, VEX documents and trust roots', ''),
    'report-dir': option('A folder for the verdict as JSON, SARIF and Markdown', ''),
  },
  results: ['verdict', 'image-digest', 'critical', 'high'],
  run: async (options, context) => {
    const { kube } = context;
    const run = subjectOf(options);
    const { settings, security } = await loadRelease(kube, paramsOf(options));
    const installed = await loadInstallerPolicy(kube, text(options, 'run-namespace'));
    const policy = tightened(installed, security);
    if (!policy) return nothingAsked(context, run);
    if (installed && security) {
      for (const note of overruled(installed, security)) {
        context.log.event({ event: 'check', check: 'policy', note });
      }
    }
    const files = { folder: text(options, 'evidence-dir'), installed: installed?.files ?? {} };
    const subject = await subjectIn(kube, run.service, run.namespace, settings);
    const repository = repositoryOf(settings, subject);
    const looked = await lookAtRelease(context, {
      policy,
      signers: await signersOf(policy, files),
      vex: await vexOf(policy, files),
      subject,
      repository,
      tag: settings.image.tag,
      credentialsDir: text(options, 'registry-credentials-dir'),
      reportDirs: [text(options, 'scan-dir'), files.folder],
      isOther: isNamedIn(policy),
    });
    const report = reportOf(context, run, policy, looked, repository, settings.image.tag);
    tell(context, report);
    await writeReports(text(options, 'report-dir'), report);
    await save(context, run, report.exitCode === 0 ? 'done' : 'failed', {
      verdict: report.verdict,
      digest: report.digest,
      told: toldInRecord(report),
    });
    return endOf(report);
  },
};

async function nothingAsked(context: StageContext, run: Run): Promise<StageEnd> {
  await save(context, run, 'done', { verdict: 'not-asked', digest: '' });
  const note = 'neither the installer nor the release config asks for anything';
  return {
    exitCode: 0,
    results: { verdict: 'not-asked', 'image-digest': '', critical: '0', high: '0' },
    summary: { event: 'stage-ended', stage: 'security-scan', outcome: 'passed', note },
  };
}

/** Files of the workspace that the policy names are no reports. */
function isNamedIn({ vex, signatures }: SecurityPolicy): (file: string) => boolean {
  const named = [...vex.map(({ name }) => name), ...signatures.map(({ trustRoot }) => trustRoot)];
  return (file) => named.includes(file);
}

function reportOf(
  { clock }: StageContext,
  { service, namespace, release }: Run,
  policy: SecurityPolicy,
  { image, tallied }: LookedAt,
  repository: string,
  tag: string,
): ScanReport {
  return {
    ...tallied,
    ...decide(tallied, policy),
    service,
    namespace,
    release,
    image: imageText(repository, tag, image?.digest),
    digest: image?.digest ?? '',
    at: timestampOf(clock.now()),
    enforce: policy.enforce,
  };
}

/** More lines than this no one reads; the report has the others. */
const MOST_LINES = 40;

function tell({ log }: StageContext, report: ScanReport): void {
  const { judged, image } = report;
  for (const each of judged.slice(0, MOST_LINES)) {
    const { id, name, why, fix, fate, severity, message } = toldOf(each);
    const named = name === id ? {} : { name };
    const reason = why === '' ? {} : { reason: why };
    log.event({
      event: 'security-finding',
      fate,
      severity,
      check: id,
      ...named,
      message,
      advice: fix,
      ...reason,
    });
  }
  const left = judged.length - MOST_LINES;
  const note = `${countsOf(report)}${left > 0 ? `; ${left} more in the report` : ''}`;
  log.event({ event: 'check', check: 'security', image, note });
}

/** One line, for the record of the release. */
function toldInRecord(report: ScanReport): string {
  const { verdict, image, reason } = report;
  const why = verdict === 'passed' ? '' : `; ${reason}`;
  return foreignText(`${verdict}: ${image}; ${countsOf(report)}${why}`, MOST_FOUND_CHARACTERS);
}

function countsOf({ vulnerabilities, fates }: ScanReport): string {
  const listed = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts).map(([name, count]) => `${count} ${name}`);
  return `vulnerabilities ${listed(vulnerabilities).join(', ')}; findings ${listed(fates).join(', ')}`;
}

async function save(
  { kube, clock }: StageContext,
  { service, namespace, release }: Run,
  state: SectionState,
  facts: Readonly<Record<string, string>>,
): Promise<void> {
  const section = { version: 1, run: release, state, since: clock.now(), facts } as const;
  await saveSection(kube, { namespace, service }, 'security-scan', section);
}

function endOf({
  verdict,
  exitCode,
  reason,
  image,
  digest,
  vulnerabilities,
}: ScanReport): StageEnd {
  const ended = { event: 'stage-ended', stage: 'security-scan', outcome: verdict } as const;
  const { critical, high } = vulnerabilities;
  return {
    exitCode,
    results: { verdict, 'image-digest': digest, critical: String(critical), high: String(high) },
    summary:
      verdict === 'passed'
        ? { ...ended, image }
        : {
            ...ended,
            image,
            reason,
            note: verdict === 'warned' ? 'the policy only warns' : 'nothing was changed',
          },
  };
}
