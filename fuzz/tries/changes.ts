/**
 * Inputs made from others: parts are moved, words swapped, JSON bent. By fast-check, so that what is
 * found can be made small again.
 */
import fc from 'fast-check';
import { CANARY, type Target } from '../target.ts';

type Change = (text: string) => string;

/** As much as an answer may hold is tried elsewhere: what grows faster than its length shows here. */
export const MOST_CHARACTERS = 262_144;

const WORDS: readonly string[] = [
  ...['', '0', '-1', '1.5', '1e999', '9007199254740993', 'NaN', 'null', 'true', '~'],
  ...['__proto__', 'constructor', 'toString', CANARY, CANARY, CANARY],
  ...['"', "'", '{', '}', '[', ']', '(', ')', ':', ': ', ',', '\n', '\\', '#', '%', '|', '- '],
  ...['\u0000', '\u001b[2K', '\u202e', '\u2028', '\ufeff', '\ud800', '&a ', '*a', '..', '\t'],
];

const VALUES: readonly unknown[] = [
  ...[null, true, 0, -1, 1.5, 1e308, 2 ** 53, '', 'x', CANARY, CANARY, '\u001b[2K\u202e'],
  ...[[], {}, [null], [[]], { a: null }, 'a'.repeat(5_000), Array(50).fill(0), nested(30)],
  JSON.parse('{"__proto__": {"toString": null}}'),
];

function nested(depth: number): unknown {
  return depth === 0 ? 1 : [nested(depth - 1)];
}

/** A place in a text, or in whatever else is as long as that. */
const share = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const placeOf = (length: number, at: number): number => Math.floor(length * at);

/** What `inputs` makes of those that are known already. */
export function inputs(target: Target, known: readonly string[]): fc.Arbitrary<string> {
  // Those that came last have led where nobody has looked yet.
  const base = fc.oneof(fc.constantFrom('', ...known), fc.constantFrom('', ...known.slice(-4)));
  const changes = fc.array(changeOf(target, known), { minLength: 1, maxLength: 4 });
  return fc
    .tuple(base, changes)
    .map(([text, made]) =>
      made.reduce((changed, change) => change(changed).slice(0, MOST_CHARACTERS), text),
    );
}

function changeOf({ form, words }: Target, known: readonly string[]): fc.Arbitrary<Change> {
  const word = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...words) },
    { weight: 3, arbitrary: fc.constantFrom(...WORDS) },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 3 }) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1 }) },
  );
  const textual = [
    { weight: 4, arbitrary: fc.tuple(share, word).map(([at, put]) => swapped(at, put)) },
    { weight: 2, arbitrary: fc.tuple(share, word).map(([at, put]) => cut(at, 0, put)) },
    { weight: 2, arbitrary: fc.tuple(share, fc.nat(30)).map(([at, long]) => cut(at, long, '')) },
    { weight: 1, arbitrary: fc.tuple(share, share, fc.constantFrom('', ...known)).map(joined) },
    { weight: 1, arbitrary: fc.tuple(share, fc.nat(12), fc.nat(4)).map(repeated) },
    // Rare, and large: what takes longer than its length would have it.
    { weight: 0.1, arbitrary: fc.tuple(share, fc.nat(12), fc.nat(16)).map(repeated) },
  ];
  if (form === 'text') return fc.oneof(...wholeWeights(textual));
  const value = fc.constantFrom(...VALUES, ...words);
  const bent = fc.tuple(share, value).map(([at, put]) => bend(at, put));
  return fc.oneof(...wholeWeights([...textual, { weight: 10, arbitrary: bent }]));
}

function wholeWeights(choices: readonly { weight: number; arbitrary: fc.Arbitrary<Change> }[]) {
  return choices.map(({ weight, arbitrary }) => ({ weight: Math.round(weight * 10), arbitrary }));
}

/** Another word instead of one that stands there. */
const swapped =
  (at: number, put: string): Change =>
  (text) => {
    const found = [...text.slice(0, 20_000).matchAll(/[\w.%/-]+/g)];
    const one = found[placeOf(found.length, at)];
    return one
      ? text.slice(0, one.index) + put + text.slice(one.index + one[0].length)
      : put + text;
  };

const cut =
  (at: number, long: number, put: string): Change =>
  (text) => {
    const from = placeOf(text.length + 1, at);
    return text.slice(0, from) + put + text.slice(from + long);
  };

const joined =
  ([at, from, other]: [number, number, string]): Change =>
  (text) =>
    text.slice(0, placeOf(text.length + 1, at)) + other.slice(placeOf(other.length + 1, from));

const repeated =
  ([at, long, doublings]: [number, number, number]): Change =>
  (text) => {
    const from = placeOf(text.length + 1, at);
    const part = text.slice(from, from + long + 1);
    const times = Math.min(2 ** doublings, Math.floor(MOST_CHARACTERS / (part.length || 1)));
    return text.slice(0, from) + part.repeat(times) + text.slice(from + part.length);
  };

/** Another value somewhere in a JSON document; what is none stays as it is. */
const bend =
  (at: number, put: unknown): Change =>
  (text) => {
    let document: unknown;
    try {
      document = JSON.parse(text);
    } catch {
      return text;
    }
    const places = placesIn(document);
    const place = places[placeOf(places.length, at)];
    if (!place) return JSON.stringify(put);
    const { holder, key } = place;
    // As JSON.parse does it: an assignment to __proto__ would be something else.
    Object.defineProperty(holder, key, { value: put, enumerable: true, configurable: true });
    return JSON.stringify(document);
  };

interface Place {
  readonly holder: object;
  readonly key: string;
}

const MOST_PLACES = 2_000;

function placesIn(document: unknown): Place[] {
  const places: Place[] = [];
  const left: unknown[] = [document];
  for (let one = left.shift(); one !== undefined; one = left.shift()) {
    if (typeof one !== 'object' || one === null || places.length > MOST_PLACES) continue;
    for (const [key, value] of Object.entries(one)) {
      places.push({ holder: one, key });
      left.push(value ?? false);
    }
  }
  return places;
}
