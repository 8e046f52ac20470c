/**
 * A text of the config's own, in place of a channel's: {{sentence}}, {{service}} and so on. Nothing else is
 * understood, so that a template can do no more than say what there is to say. What it is filled with is
 * escaped as the channel wants it; the template itself is its author's, with links and mentions of his own.
 */
import { formatDuration } from '../../base/duration.ts';
import { foreignText, wordOrKind } from '../../base/foreign-text.ts';
import { shortImage } from '../../base/image.ts';
import { timestampOf } from '../../kubernetes/time.ts';
import { type Notification, SEVERITY_OF } from '../channel.ts';

const VALUES = {
  service: ({ service }) => service,
  namespace: ({ namespace }) => namespace,
  release: ({ release }) => release,
  strategy: ({ strategy }) => strategy,
  event: ({ event }) => event,
  severity: ({ event }) => SEVERITY_OF[event],
  outcome: ({ outcome = '' }) => outcome,
  code: ({ code = '' }) => code,
  from: ({ from }) => (from === '' ? '' : shortImage(from)),
  to: ({ to }) => shortImage(to),
  sentence: ({ sentence }) => sentence,
  next: ({ next }) => next,
  reason: ({ reason = '' }) => reason,
  proof: ({ proof }) => proof.join('; '),
  duration: ({ durationMs }) => formatDuration(durationMs),
  at: ({ at }) => timestampOf(at),
} as const satisfies Readonly<Record<string, (of: Notification) => string>>;

type Name = keyof typeof VALUES;
const NAMES = Object.keys(VALUES) as readonly Name[]; // its own keys

/** Of a template as it is written. */
export const MOST_WRITTEN = 1_500;
/** Of what is sent; the narrowest channel takes 3,000. */
const MOST_SENT = 2_900;

const PLACE = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** What is wrong with it, for whoever wrote it; empty: nothing is. */
export function templateIssues(template: string): readonly string[] {
  const names = [...template.matchAll(PLACE)].map(([, name = '']) => name);
  const unknown = [...new Set(names.filter((name) => !isName(name)))];
  const rest = template.replaceAll(PLACE, '');
  return [
    ...unknown.map((name) => `has no value {{${wordOrKind(name)}}}: there are ${NAMES.join(', ')}`),
    ...(/\{\{|\}\}/.test(rest) ? ['has a {{ or a }} without the other'] : []),
  ];
}

/** A line of which nothing is known is left out; what has no room any more is an ellipsis. */
export function rendered(
  template: string,
  notification: Notification,
  escapeValue: (value: string) => string,
): string {
  const pieces = template.split('\n').flatMap((line) => {
    const filled = filledLine(line, notification, escapeValue);
    return filled === undefined ? [] : [['\n'], filled].flat();
  });
  let text = '';
  for (const piece of pieces.slice(1)) {
    if (text.length + piece.length > MOST_SENT) return `${text}…`;
    text += piece;
  }
  return text;
}

/** In pieces of which none may be cut: an escape is whole, or is not there. */
function filledLine(
  line: string,
  notification: Notification,
  escapeValue: (value: string) => string,
): string[] | undefined {
  // Text and names by turns.
  const parts = line.split(PLACE);
  const values = parts.map((part, at) =>
    at % 2 === 1 && isName(part) ? foreignText(VALUES[part](notification)) : undefined,
  );
  const known = values.filter((value) => value !== undefined);
  if (known.length > 0 && known.every((value) => value === '')) return undefined;
  return parts.map((part, at) => (values[at] === undefined ? part : escapeValue(values[at])));
}

function isName(text: string): text is Name {
  return Object.hasOwn(VALUES, text);
}
