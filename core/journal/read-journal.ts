/** What stands in a ConfigMap, as a journal: everyone who may edit ConfigMaps may have written it. */
import { jsonOf } from '../base/json.ts';
import { readPlan } from '../plan/plan.ts';
import { EMPTY_JOURNAL, JOURNAL_KEY, type Journal } from './journal.ts';
import { journalIssue } from './shape/journal.ts';

/** The journal in a ConfigMap's data; a text says why it cannot be read. */
export function readJournal(data: Readonly<Record<string, string>> | undefined): Journal | string {
  const text = data?.[JOURNAL_KEY];
  if (text === undefined) return EMPTY_JOURNAL;
  const parsed = jsonOf(text);
  if (parsed === undefined) return `${JOURNAL_KEY} is not valid JSON`;
  if (!isJournal(parsed)) return `${JOURNAL_KEY} is not of a version this release knows (1)`;
  const fault = journalIssue(parsed);
  if (fault !== undefined) return `${JOURNAL_KEY} is no journal of a release: ${fault}`;
  const { current, answers = [] } = parsed;
  return { ...parsed, answers, current: current && { ...current, plan: readPlan(current.plan) } };
}

/** Only releases write journals, and each names the version of what it writes. */
function isJournal(value: unknown): value is Omit<Journal, 'answers'> & Partial<Journal> {
  return typeof value === 'object' && value !== null && 'version' in value && value.version === 1;
}
