/** pre-validation: may this release begin? Looks at everything, changes nothing. */

import { foreignText } from '../../core/base/foreign-text.ts';
import { isTwoSided } from '../../core/base/vocabulary.ts';
import { whyToGiveWay } from '../../core/journal/commands/queue.ts';
import { unfinished } from '../../core/journal/journal.ts';
import type { Labels } from '../../core/kubernetes/labels.ts';
import { planFingerprint } from '../../core/plan/plan-fingerprint.ts';
import type { Planned } from '../../core/plan/planning.ts';
import type { Finding } from '../../core/preflight/finding.ts';
import { refusalBy, toldRefusal } from '../../core/report/ends/sentence.ts';
import type { Fields } from '../../core/report/log/log-events.ts';
import { previewedPlan, type Seen } from '../../core/report/preview/preview.ts';
import { endWords } from '../../core/report/status-line.ts';
import { BadInput, StageFailure } from '../../effects/base/failure.ts';
import { askedFindings } from '../../effects/beforehand/asked.ts';
import { certificateFindings } from '../../effects/beforehand/certificates.ts';
import { askCompatibility } from '../../effects/beforehand/compatibility.ts';
import { factsOfImage, type ImageFacts } from '../../effects/beforehand/image-facts.ts';
import { type Loaded, loadRelease } from '../../effects/config/load.ts';
import { refuseDestinations } from '../../effects/context/destinations.ts';
import type { StageContext } from '../../effects/context/stage-context.ts';
import { peekQueue } from '../../effects/ownership/journal/queue.ts';
import { peekLast } from '../../effects/ownership/journal/stage-sections.ts';
import type { ReleaseSubject } from '../../effects/ownership/lease/lease.ts';
import { refuseIfLeased } from '../../effects/ownership/lease/lease-guard.ts';
import {
  NOT_VALIDATED,
  type PlannedRelease,
  planFromCluster,
  type Validated,
} from '../../effects/ownership/plan-release.ts';
import { paramsOf, REQUEST_OPTIONS, subjectOf, text } from '../../effects/stage/options.ts';
import { option, REFUSALS, type Stage, type StageEnd } from '../../effects/stage/run-stage.ts';
import { tryBeginning } from './begin.ts';
import { checkCluster } from './cluster.ts';
import { checkMigration, type MigrationNeed, migrationFindings } from './migration.ts';
import { type Given, inOneDocument, type Looked, OUTPUT_OPTIONS, refuseOutput } from './output.ts';
import { extraPodsOf, findingEvents, preflight } from './preflight.ts';

export const stage: Stage = {
  name: 'pre-validation',
  summary: 'looks whether a release may begin, and changes nothing',
  options: {
    ...REQUEST_OPTIONS,
    'migrations-dir': option('A folder with the SQL files, for migration.files', ''),
    ...OUTPUT_OPTIONS,
  },
  results: ['verdict', 'image', 'plan', 'migration', 'notification', 'code', 'reason'],
  run: async (options, context) =>
    text(options, 'output') === 'json'
      ? inOneDocument(options, context, look)
      : (await look(options, context)).end,
};

async function look(options: Given, context: StageContext): Promise<Looked> {
  // In every case: a stage in finally whose condition has no result is skipped.
  let notification = 'none';
  try {
    refuseOutput(text(options, 'output'));
    const loaded = await loadRelease(context.kube, paramsOf(options));
    notification = loaded.settings.notifications.length === 0 ? 'none' : 'pending';
    const { end, seen } = await validate(options, context, loaded);
    return { end: { ...end, results: { ...NOT_REFUSED, ...end.results, notification } }, seen };
  } catch (thrown) {
    if (thrown instanceof StageFailure) {
      const { message, exitCode } = thrown;
      const reason = foreignText(message, MOST_REASON);
      const code = REFUSALS[exitCode] ?? 'not-begun';
      thrown.results = { verdict: 'refused', code, reason, notification };
    }
    throw thrown;
  }
}

const NOT_REFUSED = { code: '', reason: '' };
/** All results of a Task have 1,024 bytes. */
const MOST_REASON = 600;

async function validate(options: Given, context: StageContext, loaded: Loaded): Promise<Looked> {
  const { settings } = loaded;
  const { kube, clock, log } = context;
  const { release, service, namespace } = subjectOf(options);
  await refuseDestinations(context.destinations, settings);
  log.event(await checkCluster(kube));
  const { journal, turns } = await peekQueue(kube, namespace, service);
  const why = whyToGiveWay(turns, journal, release);
  if (why !== undefined) {
    return { end: passed({ note: `nothing is released: ${why}` }), seen: {} };
  }
  await refuseIfLeased(kube, clock, namespace, service, release);
  const left = unfinished(journal);
  if (left) {
    // What it left behind, such as two sides that both serve, must not keep away who puts it right.
    const note = `${left.plan.release} was left unfinished in phase ${left.state.phase}: deploy puts that right first`;
    const end = passed({ note }, NOT_VALIDATED, settings.migration ? 'pending' : 'none');
    return { end, seen: {} };
  }
  const credentials = text(options, 'registry-credentials-dir');
  const own = { release, service, namespace };
  const { inputs, planned } = await planFromCluster(context, own, settings, credentials);
  const { resolved } = inputs;
  const image = resolved.image.reference;
  const pinned = resolved.kind === 'resolved' ? 'yes' : 'no';
  log.event({ event: 'check', check: 'image', pinned, image });
  if (planned.kind === 'refused') throw new BadInput([planned.why]);
  const folders = { credentials, migrations: text(options, 'migrations-dir') };
  const found = await findingsOf(context, own, loaded, { inputs, planned }, folders);
  const { refused, warnings } = found.sorted;
  for (const event of findingEvents(found.sorted)) log.event(event);
  const seen = { image, ...found };
  if (refused.length > 0) return { end: no(service, refused), seen };
  const migration = await checkMigration(context, own, settings, image, planned.kind);
  if (text(options, 'dry-run') === 'true') {
    log.event({ event: 'check', 'dry-run': 'true', risks: warnings.length });
  }
  const end =
    planned.kind === 'unchanged'
      ? passed({ note: planned.why }, { image, plan: '' })
      : passed(
          { strategy: settings.strategy, image },
          { image, plan: planFingerprint(planned.plan) },
          text(options, 'dry-run') === 'true' ? 'none' : migration,
        );
  return { end, seen };
}

type Found = Required<Pick<Seen, 'sorted'>> & Omit<Seen, 'image'>;

async function findingsOf(
  context: StageContext,
  own: ReleaseSubject,
  { settings, compatibility, asked }: Loaded,
  { inputs, planned }: PlannedRelease,
  folders: { readonly credentials: string; readonly migrations: string },
): Promise<Found> {
  const { kube, clock } = context;
  const labels = candidateLabels(planned);
  const extraPods = extraPodsOf(settings, inputs, labels);
  if (planned.kind !== 'planned') {
    const { template } = inputs.subject.deployment.spec;
    const candidate = { template, labels, extraPods, findings: [] };
    return { sorted: await preflight(kube, clock, own.namespace, settings, inputs, candidate) };
  }
  const begun = await tryBeginning(context, planned.plan, inputs, extraPods);
  const last = await peekLast(kube, own, 'database-migration');
  // Several may ask, and often none does.
  let facts: Promise<ImageFacts> | undefined;
  const factsOf = () =>
    (facts ??= factsOfImage(context, inputs.resolved.image.reference, folders.credentials));
  const versions = await askCompatibility(
    context,
    own,
    settings,
    inputs,
    compatibility,
    last,
    factsOf,
  );
  const unsafe = await migrationFindings(settings, folders.migrations, last);
  const { namespace } = own;
  const { template } = begun;
  const around = await askedFindings(
    context,
    namespace,
    factsOf,
    settings,
    asked,
    inputs,
    template,
  );
  const expiring = await certificateFindings(context, planned.plan, asked, inputs);
  const findings = [...begun.findings, ...versions.findings, ...unsafe, ...around, ...expiring];
  const candidate = { template, findings, labels, extraPods };
  const sorted = await preflight(kube, clock, namespace, settings, inputs, candidate);
  const migration = settings.migration ? 'pending' : 'none';
  const plan = previewedPlan(planned.plan, template, begun.forecast, migration);
  return { sorted, versions: versions.versions, plan };
}

/** Only a strategy with two sides gives the candidate's pods labels of their own. */
function candidateLabels(planned: Planned): Labels | undefined {
  if (planned.kind !== 'planned' || !isTwoSided(planned.plan)) return undefined;
  return planned.plan.candidate.template.metadata?.labels;
}

/** Its results are what later stages go by: image and plan are empty where there is nothing to go by. */
function passed(
  fields: Fields<'stage-ended'>,
  { image, plan }: Validated = NOT_VALIDATED,
  migration: MigrationNeed = 'none',
): StageEnd {
  return {
    exitCode: 0,
    results: { verdict: 'passed', image, plan, migration },
    summary: { event: 'stage-ended', stage: 'pre-validation', outcome: 'passed', ...fields },
  };
}

function no(service: string, refused: readonly Finding[]): StageEnd {
  const reason = refused.map(({ message }) => message).join('; ');
  const [first] = refused;
  const told = toldRefusal(refusalBy(first?.check ?? ''), service, '', reason);
  return {
    exitCode: 1,
    results: { verdict: 'refused', code: told.code, reason: foreignText(reason, MOST_REASON) },
    summary: {
      event: 'stage-ended',
      stage: 'pre-validation',
      outcome: 'refused',
      ...endWords(told),
      reason,
      note: 'nothing was changed',
    },
  };
}
