/**
 * What pre-validation prints with `--output=json`: one document in which everything is that its log lines
 * say, for programs that comment on a change before it is released. Its keys are in schema.ts.
 */
import type { Forecast, ForecastStep } from '../../forecast/forecast.ts';
import type { SectionFound } from '../../journal/stage-sections.ts';
import type { PodTemplate } from '../../kubernetes/objects.ts';
import type { Plan } from '../../plan/plan.ts';
import { requestText } from '../../preflight/capacity/capacity.ts';
import type { Need, VersionsSeen } from '../../preflight/compatibility/seen.ts';
import type { Sorted } from '../../preflight/finding.ts';
import type { Fields, LogEvent } from '../log/log-events.ts';
import { shownText, textOf } from '../log/render-event.ts';
import type { Preview } from './schema.ts';

/** What a run has seen so far: less where it came to an early end. */
export interface Seen {
  /** As it would be written into the pod template. */
  readonly image?: string;
  readonly sorted?: Sorted;
  readonly versions?: VersionsSeen | undefined;
  readonly plan?: Preview['plan'];
}

/** How it ended. `events`: what it would have logged. */
export interface Told {
  readonly exitCode: Preview['exitCode'];
  readonly end: Partial<Fields<'stage-ended'>>;
  readonly errors: Preview['errors'];
  readonly events: readonly LogEvent[];
}

type Subject = Pick<Preview, 'release' | 'namespace' | 'service' | 'tag'>;

export function previewOf(
  subject: Subject,
  { sorted, versions, plan, image = '' }: Seen,
  { exitCode, end, errors, events }: Told,
  scanned: SectionFound,
): Preview {
  return {
    apiVersion: 'release.zero-downtime.dev/v1',
    kind: 'ReleasePreview',
    ...subject,
    verdict: verdictOf(exitCode),
    exitCode,
    code: wordOf(end.code),
    reason: wordOf(end.reason),
    next: wordOf(end.next),
    note: wordOf(end.note),
    errors,
    findings: sorted ? findingsOf(sorted) : [],
    checked: events.filter(({ event }) => !TOLD_ELSEWHERE.includes(event)).map(textOf),
    versions: versions ? versionsOf(versions) : null,
    plan: plan ?? null,
    security: securityOf(scanned, image),
  };
}

/** One line, in which nothing can talk to a terminal or a page; what is too long is cut. */
export function previewText(preview: Preview): string {
  return JSON.stringify(preview, (_key, value) =>
    typeof value === 'string' ? shownText(value) : value,
  );
}

/** `template`: what one of the extra pods is made from. */
export function previewedPlan(
  { strategy, previousImage, image }: Plan,
  template: PodTemplate,
  { steps, podsBefore, mostPods, outcome, durationMs, cause }: Forecast,
  migration: 'none' | 'pending',
): Preview['plan'] {
  return {
    strategy,
    from: previousImage,
    to: image.reference,
    steps: steps.map(stepOf),
    podsBefore,
    mostPods,
    eachPod: requestText(template),
    expectedOutcome: outcome ?? 'not-foreseen',
    expectedDurationMs: durationMs,
    reason: cause ?? '',
    migration,
  };
}

function versionsOf({ needs, neededBy, ...known }: VersionsSeen): Preview['versions'] {
  const copied = (each: Need) => ({ ...each, runs: [...each.runs] });
  return { ...known, needs: needs.map(copied), neededBy: neededBy.map(copied) };
}

const TOLD_ELSEWHERE: readonly string[] = ['finding', 'stage-ended', 'error'];

function stepOf(step: ForecastStep) {
  const { afterMs, kind } = step;
  switch (kind) {
    case 'phase':
      return { afterMs, kind, text: step.phase };
    case 'action':
      return { afterMs, kind, text: step.text };
  }
}

function findingsOf({ refused, warnings, ignored }: Sorted): Preview['findings'] {
  return [
    ...refused.map((each) => ({ finding: each, verdict: 'refused' as const, reason: '' })),
    ...warnings.map((each) => ({ finding: each, verdict: 'warning' as const, reason: '' })),
    ...ignored.map((each) => ({ ...each, verdict: 'ignored' as const })),
  ].map(({ finding: { check, message, advice }, verdict, reason }) => ({
    check,
    verdict,
    message,
    advice,
    reason,
  }));
}

function verdictOf(exitCode: Preview['exitCode']): Preview['verdict'] {
  switch (exitCode) {
    case 0:
      return 'passed';
    case 1:
      return 'refused';
    case 2:
      return 'bad-input';
    case 3:
    case 4:
    case 143:
      return 'undecided';
  }
}

const VERDICTS = ['passed', 'warned', 'refused', 'undecided', 'not-asked'] as const;

/** Anyone who may edit the journal can write anything there. */
function securityOf(found: SectionFound, image: string): Preview['security'] {
  const none = (told: string) => ({ verdict: 'none', digest: '', sameImage: false, told }) as const;
  if (found.kind === 'none') return none(found.why);
  const { facts } = found.section;
  const verdict = VERDICTS.find((each) => each === facts.verdict);
  if (verdict === undefined) return none('the section of security-scan has no verdict');
  const digest = typeof facts.digest === 'string' ? facts.digest : '';
  const sameImage = digest !== '' && image.endsWith(`@${digest}`);
  return { verdict, digest, sameImage, told: typeof facts.told === 'string' ? facts.told : '' };
}

function wordOf(value: string | number | undefined): string {
  return value === undefined ? '' : String(value);
}
