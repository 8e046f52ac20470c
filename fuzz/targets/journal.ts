/** A journal, from whoever may edit ConfigMaps, and what shows it to people; orders and sections beside it. */

import { instant, releaseId } from '../../core/base/vocabulary.ts';
import { pendingCommands, readCommands } from '../../core/journal/commands/command.ts';
import { JOURNAL_KEY, journalData, unfinished } from '../../core/journal/journal.ts';
import {
  lastSection,
  MOST_SECTION_BYTES,
  readSection,
  sectionText,
} from '../../core/journal/stage-sections.ts';
import type { ConfigMap } from '../../core/kubernetes/objects.ts';
import { historyEvents, statusEvents } from '../../core/report/overview.ts';
import { recordPage } from '../../core/report/page.ts';
import { createLog } from '../../effects/context/log.ts';
import { readOwnJournal } from '../../effects/ownership/journal/journal.ts';
import { CANARY, insist, type Target } from '../target.ts';

const NOW = instant(1_767_226_000_000);
const NOBODY = { stable: [], candidate: [] };

export const journal: Target = {
  name: 'journal',
  form: 'json',
  words: [
    ...[
      'rolling',
      'blue-green',
      'canary',
      'promoted',
      'rolled-back',
      'forward',
      'back',
      'monitoring',
    ],
    ...['default', 'payments', 'shop', 'kube-system', 'running', 'paused', 'version', 'current'],
  ],
  read: (text) => {
    const metadata = { name: 'shop-release-journal', namespace: 'default' };
    const stored = { metadata, data: { [JOURNAL_KEY]: text } } as unknown as ConfigMap; // all that is read
    const read = readOwnJournal(stored);
    if (typeof read === 'string') return [read];
    // What is taken for a journal is shown to people, and written again.
    const { current } = read;
    insist(current === undefined || current.plan.namespace === 'default', 'another namespace');
    unfinished(read);
    journalData(read);
    const events = [
      ...statusEvents(read, [], undefined, NOBODY, [], NOW),
      ...historyEvents(read, NOW),
    ];
    const log = createLog('json', (line) => {
      insist(typeof JSON.parse(line) === 'object', 'a line that is no JSON');
    });
    for (const event of events) log.event(event);
    if (current) {
      const page = recordPage(current, read.history[0]);
      insist(!/<script|onload=/i.test(page), 'markup in the report');
    }
    return [];
  },
  // The journal is the release's own: only what is no journal is told by kinds alone.
};

export const orders: Target = {
  name: 'orders',
  form: 'json',
  words: ['promote', 'pause', 'resume', 'abort', 'drain', 'limitMs', 'release', 'r1', 'by'],
  read: (text) => {
    const read = readCommands({ 'orders.json': text });
    pendingCommands(read, [], releaseId('r1'));
    for (const { id, by } of read) {
      insist(typeof id === 'string' && typeof by === 'string', 'an order without an id');
    }
    return [];
  },
  mayTell: (input) => input.includes(CANARY),
};

export const stageSection: Target = {
  name: 'stage-section',
  form: 'json',
  words: [
    'version',
    'run',
    'r1',
    'r2',
    'state',
    'doing',
    'done',
    'failed',
    'since',
    'facts',
    'undo',
  ],
  read: (text) => {
    const found = lastSection({ 'stage.migrate': text }, 'migrate');
    if (found.kind === 'none') return [found.why];
    const { section } = found;
    insist(text.length <= MOST_SECTION_BYTES, 'a section that is larger than one may be');
    insist(!/[\p{Cc}"]/u.test(section.undo ?? ''), 'an undo that is no line');
    const own = readSection({ 'stage.migrate': text }, 'migrate', releaseId('r1'));
    insist(own.kind === 'none' || own.section.run === 'r1', 'a section of another run');
    sectionText(section);
    return [];
  },
};
