/**
 * The two renderings of a log event. Whatever a value was made of, it can neither end its quotes, nor
 * its line, nor talk to a terminal, and it is cut where no one would read on.
 */
import { CONTROL_CHARACTERS } from '../../base/foreign-text.ts';
import type { LogEvent } from './log-events.ts';
import { FIELDS, type FieldName } from './log-fields.ts';

/** A value that is longer is cut, and so is a line: no collector takes it. */
const MOST_VALUE_CHARACTERS = 4_096;
const MOST_LINE_CHARACTERS = 8_192;

const KINDS = new Map<string, string>(
  Object.entries(FIELDS).map(([name, { kind }]) => [name, kind]),
);

type Value = readonly [name: string, value: string | number];

/** `phase=switching weight="10%"`: short, and readable behind Tekton's prefix. */
export function textOf(event: LogEvent): string {
  const parts: string[] = [];
  let left = MOST_LINE_CHARACTERS;
  for (const [name, value] of valuesOf(event)) {
    const before = `${name}=`;
    const part = `${before}${shown(name, `${value}`, left - before.length)}`;
    if (part.length > left) return [...parts, '…'].join(' ');
    parts.push(part);
    left -= part.length + 1;
  }
  return parts.join(' ');
}

/** One object a line; `event` is its name, `time` in RFC 3339. */
export function jsonOf(event: LogEvent, time: string): string {
  const values = valuesOf(event).map(([name, value]) => [
    name,
    typeof value === 'string' ? shownText(value) : value,
  ]);
  return JSON.stringify({ time, event: event.event, ...Object.fromEntries(values) });
}

/** Columns that line up, and one object a row for machines. */
export function tableOf(events: readonly LogEvent[], columns: readonly FieldName[]): string[] {
  const rows = [
    columns.map((column) => column.toUpperCase()),
    ...events.map((event) => {
      const values = new Map(valuesOf(event));
      return columns.map((column) => visible(`${values.get(column) ?? ''}`));
    }),
  ];
  const widths = columns.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows.map((row) =>
    cut(
      row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  '),
      MOST_LINE_CHARACTERS,
    ).trimEnd(),
  );
}

/** A value as it stands in JSON: cut, and without what would talk to a terminal. */
export function shownText(value: string): string {
  return visible(cut(value, MOST_VALUE_CHARACTERS));
}

function valuesOf({ event: _, ...fields }: LogEvent): Value[] {
  return Object.entries(fields).filter(
    (entry): entry is [string, string | number] => entry[1] !== undefined,
  );
}

/** Where it has to be cut to be no longer than `most`, its quotes end all the same. */
function shown(name: string, value: string, most: number): string {
  const text = cut(value, MOST_VALUE_CHARACTERS);
  const isWord = KINDS.get(name) === 'word';
  if (isWord && /^[^\s"=\\]+$/.test(visible(text))) return text;
  let quoted = '';
  for (const character of text) {
    const piece = character === '\\' || character === '"' ? `\\${character}` : visible(character);
    if (QUOTE.length + quoted.length + piece.length + ENDING.length > most) {
      return `${QUOTE}${quoted}${ENDING}`;
    }
    quoted += piece;
  }
  return `${QUOTE}${quoted}${QUOTE}`;
}

const QUOTE = '"';
const ENDING = `…${QUOTE}`;

/** Control characters and what turns the direction of writing, as `\u001b`. */
function visible(text: string): string {
  return text.replaceAll(CONTROL_CHARACTERS, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}
