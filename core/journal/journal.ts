/**
 * The journal: one ConfigMap per service that says what is planned, where the release stands, what
 * it did last, and how the last releases ended. Saved before the actions of a transition are carried
 * out, with the object's resourceVersion as precondition, so that of two writers one is refused.
 */
import type { EndCode, Instant, Outcome, ReleaseId, StrategyName } from '../base/vocabulary.ts';
import type { NotificationTarget } from '../channels/registry.ts';
import type { Action } from '../cluster/action.ts';
import type { PodTemplate } from '../kubernetes/objects.ts';
import type { Plan } from '../plan/plan.ts';
import { makerOf } from '../plan/registry.ts';
import type { Evidence, ReleaseState } from '../state/state.ts';
import { type CommandResponse, MOST_COMMANDS } from './commands/command.ts';
import { compacted } from './left-out.ts';
import { type KeptSide, keptSide } from './rollback-window.ts';

/** An action that was decided, for people who want to know what happened. */
export interface NotedAction {
  readonly id: string;
  readonly text: string;
  readonly at: Instant;
}

export interface Entry {
  readonly plan: Plan;
  readonly state: ReleaseState;
  /** The last actions, oldest first. */
  readonly actions: readonly NotedAction[];
}

/** How a release ended: the audit record. */
export interface ReleaseRecord {
  readonly release: ReleaseId;
  readonly strategy: StrategyName;
  readonly outcome: Outcome;
  readonly cause: string | undefined;
  /** The same for programs. Records of earlier versions lack it. */
  readonly code?: EndCode;
  readonly from: string;
  readonly to: string;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  readonly evidence: Evidence;
  /** The pods that were replaced, for going back to them; the last few releases only. */
  readonly before?: PodTemplate;
  /** The same pods, as long as they are kept running. */
  readonly warm?: KeptSide;
  /** How each stage of the run ended, once somebody has concluded. */
  readonly stages?: Readonly<Record<string, string>>;
  /** What stages that check have found, by stage, once somebody has concluded. */
  readonly found?: Readonly<Record<string, string>>;
  /** What stages have left that nothing undoes by itself, by stage; where it was not promoted. */
  readonly left?: Readonly<Record<string, string>>;
  /** Who is told of its end: of the last few releases, and where there is somebody. */
  readonly channels?: readonly NotificationTarget[];
  /** An earlier version has told the channels of its end. */
  readonly toldAt?: Instant;
}

export interface Journal {
  readonly version: 1;
  readonly current: Entry | undefined;
  /** Newest first. */
  readonly history: readonly ReleaseRecord[];
  /** What became of the last orders, oldest first. */
  readonly answers: readonly CommandResponse[];
}

export const EMPTY_JOURNAL: Journal = { version: 1, current: undefined, history: [], answers: [] };

const KEPT_ACTIONS = 40;
const KEPT_RECORDS = 20;
const KEPT_CHANNELS = 3;
/** Where the journal is in its ConfigMap. */
export const JOURNAL_KEY = 'journal.json';

const NAME_END = '-release-journal';

export function journalName(service: string): string {
  return `${service}${NAME_END}`;
}

/** The service whose journal has this name; undefined for the name of anything else. */
export function serviceOfJournal(name: string): string | undefined {
  return name.endsWith(NAME_END) ? name.slice(0, -NAME_END.length) : undefined;
}

export function journalData(journal: Journal): Record<string, string> {
  return { [JOURNAL_KEY]: JSON.stringify(compacted(journal)) };
}

/** The journal after a transition; one that ended goes into the history as well. */
export function withTransition(
  journal: Journal,
  plan: Plan,
  state: ReleaseState,
  actions: readonly Action[],
  at: Instant,
): Journal {
  const earlier = journal.current?.plan.release === plan.release ? journal.current.actions : [];
  const noted = actions.map(({ id, text }) => ({ id, text, at }));
  const entry: Entry = { plan, state, actions: [...earlier, ...noted].slice(-KEPT_ACTIONS) };
  return {
    ...journal,
    current: entry,
    history: state.outcome === undefined ? journal.history : remembered(journal, entry, at),
  };
}

/** The journal with what became of orders: they are taken up no second time. */
export function withResponses(journal: Journal, answers: readonly CommandResponse[]): Journal {
  return { ...journal, answers: [...journal.answers, ...answers].slice(-MOST_COMMANDS) };
}

export function recordOf(journal: Journal, release: ReleaseId): ReleaseRecord | undefined {
  return journal.history.find((record) => record.release === release);
}

/** The journal with more in the record of a release: how its stages ended, what came after. */
export function withNote(
  journal: Journal,
  release: ReleaseId,
  note: Pick<ReleaseRecord, 'stages' | 'found' | 'left'> | Pick<ReleaseRecord, 'evidence'>,
): Journal {
  const history = journal.history.map((record) =>
    record.release === release ? { ...record, ...note } : record,
  );
  return { ...journal, history };
}

/** The journal once no one has to see any more to the pods that a release had kept running. */
export function withoutRollbackWindow(journal: Journal, release: ReleaseId): Journal {
  const history = journal.history.map((record) => {
    if (record.release !== release) return record;
    const { warm: _, ...rest } = record;
    return rest;
  });
  return { ...journal, history };
}

/** A release that has not ended yet: the next process must finish it or undo it. */
export function unfinished(journal: Journal): Entry | undefined {
  return journal.current && journal.current.state.outcome === undefined
    ? journal.current
    : undefined;
}

function remembered({ history }: Journal, { plan, state }: Entry, at: Instant): ReleaseRecord[] {
  if (history.some(({ release }) => release === plan.release)) return [...history];
  const side = keptSide(plan, at);
  const warm = side && { warm: side };
  const record: ReleaseRecord = {
    release: plan.release,
    strategy: plan.strategy,
    outcome: state.outcome ?? 'failed',
    cause: state.cause,
    ...codeOf(state),
    from: plan.previousImage,
    to: plan.image.reference,
    startedAt: state.startedAt,
    endedAt: at,
    evidence: state.evidence,
    ...(plan.settings.notifications.length > 0 ? { channels: plan.settings.notifications } : {}),
    ...(state.outcome === 'promoted' ? { before: replaced(plan, state), ...warm } : {}),
  };
  const told = history.map((each, at) => (at + 1 < KEPT_CHANNELS ? each : withoutChannels(each)));
  return [record, ...told].slice(0, KEPT_RECORDS);
}

/** Of older releases no one is told any more. */
function withoutChannels({ channels: _, ...record }: ReleaseRecord): ReleaseRecord {
  return record;
}

function codeOf({ outcome, code }: ReleaseState): Pick<ReleaseRecord, 'code'> {
  if (outcome === 'promoted') return { code: 'promoted' };
  return code === undefined ? {} : { code };
}

/** The pods that the candidate replaced, as somebody may have changed them while it was released. */
function replaced(plan: Plan, state: ReleaseState): PodTemplate {
  const now = 'stableTemplate' in state ? state.stableTemplate : undefined;
  return now ?? makerOf(plan).stable(plan).template;
}
