/**
 * Reads a metrics page in Prometheus' text format into samples. The page is written by the
 * candidate under test, so it is read in one pass, in time that grows with its length and no faster
 * (https://prometheus.io/docs/instrumenting/exposition_formats/, "Text format details").
 */
import { kindOf } from '../../../core/base/foreign-text.ts';
import type { Sample } from '../../../core/metrics/page/sample.ts';

/** Why a text is no metrics page. Says at which line, and nothing of what stands there. */
export class NotAPage extends Error {}

/** A large application's page has some ten thousand. */
const MOST_SAMPLES = 40_000;

/**
 * Throws where the text is no metrics page, and says at which line, not what stands there: a page may
 * hold anything. As in Prometheus one line that cannot be read spoils the page.
 */
export function readMetricsPage(text: string): Sample[] {
  const samples: Sample[] = [];
  let number = 0;
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('\n', from);
    const line = text.slice(from, end === -1 ? text.length : end);
    from += line.length + 1;
    number += 1;
    const start = skipSpaces(line, 0);
    if (start === line.length || line[start] === '#') continue;
    const sample = readSample(line, start);
    if (!sample) throw new NotAPage(`line ${number} is not a sample: ${kindOf(line)}`);
    samples.push(sample);
    if (samples.length > MOST_SAMPLES) throw new NotAPage(`more than ${MOST_SAMPLES} samples`);
  }
  return samples;
}

/** A name, labels, a value; then perhaps a time, and an exemplar. */
function readSample(line: string, start: number): Sample | undefined {
  const nameEnd = skipName(line, start, true);
  if (nameEnd === start) return undefined;
  const labels: Record<string, string> = {};
  let at = skipSpaces(line, nameEnd);
  if (line[at] === '{') {
    const labelsEnd = readLabels(line, at + 1, labels);
    if (labelsEnd === undefined) return undefined;
    at = skipSpaces(line, labelsEnd);
  } else if (at === nameEnd) return undefined;
  const valueEnd = skipWord(line, at);
  const value = numberOf(line.slice(at, valueEnd));
  if (value === undefined || !isEnd(line, valueEnd)) return undefined;
  return { name: line.slice(start, nameEnd), labels, value };
}

/** No sample of an application has as many. */
const MOST_LABELS = 100;
/** What stands in one is told apart from others, and kept; nothing that is told apart is longer. */
const MOST_VALUE_CHARACTERS = 16_384;

/** Fills `labels`; where the closing brace has been read, or undefined. */
function readLabels(
  line: string,
  start: number,
  labels: Record<string, string>,
): number | undefined {
  for (let at = skipSpaces(line, start), read = 0; read <= MOST_LABELS; read += 1) {
    if (line[at] === '}') return at + 1;
    const nameEnd = skipName(line, at, false);
    const equals = skipSpaces(line, nameEnd);
    const quote = skipSpaces(line, equals + 1);
    if (nameEnd === at || line[equals] !== '=' || line[quote] !== '"') return undefined;
    const valueEnd = closingQuote(line, quote + 1);
    if (valueEnd === undefined || valueEnd - quote > MOST_VALUE_CHARACTERS) return undefined;
    labels[line.slice(at, nameEnd)] = unescaped(line.slice(quote + 1, valueEnd));
    at = skipSpaces(line, valueEnd + 1);
    if (line[at] === ',') at = skipSpaces(line, at + 1);
    else if (line[at] !== '}') return undefined;
  }
  return undefined;
}

function closingQuote(line: string, start: number): number | undefined {
  for (let at = start; at < line.length; at += 1) {
    if (line[at] === '"') return at;
    if (line[at] === '\\') at += 1;
  }
  return undefined;
}

function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replaceAll(/\\(.)/g, (_, character: string) =>
    character === 'n' ? '\n' : character,
  );
}

/** A time, an exemplar (` # {…} …`), or nothing may follow the value. */
function isEnd(line: string, valueEnd: number): boolean {
  let at = skipSpaces(line, valueEnd);
  if (at === line.length) return true;
  if (line[at] !== '#') {
    const timeEnd = skipWord(line, at);
    if (numberOf(line.slice(at, timeEnd)) === undefined) return false;
    at = skipSpaces(line, timeEnd);
  }
  return at === line.length || line[at] === '#';
}

function skipSpaces(line: string, start: number): number {
  let at = start;
  while (line[at] === ' ' || line[at] === '\t' || line[at] === '\r') at += 1;
  return at;
}

function skipWord(line: string, start: number): number {
  let at = start;
  while (at < line.length && line[at] !== ' ' && line[at] !== '\t' && line[at] !== '\r') at += 1;
  return at;
}

function skipName(line: string, start: number, colons: boolean): number {
  let at = start;
  for (; at < line.length; at += 1) {
    const code = line.charCodeAt(at);
    const isLetter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
    const isDigit = code >= 48 && code <= 57 && at > start;
    if (!isLetter && !isDigit && !(colons && code === 58)) break;
  }
  return at;
}

/** No number of a metrics page is longer. */
const LONGEST_NUMBER = 40;

function numberOf(word: string): number | undefined {
  if (word.length > LONGEST_NUMBER) return undefined;
  const infinite = /^([+-]?)inf(?:inity)?$/i.exec(word);
  if (infinite) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^nan$/i.test(word)) return Number.NaN;
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(word) ? Number(word) : undefined;
}
