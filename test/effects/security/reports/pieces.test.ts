// A document that is taken apart piece by piece is accepted exactly where JSON.parse accepts the whole.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Piece, Pieces } from '../../../../effects/security/reports/pieces.ts';
import { PiecesFault } from '../../../../effects/security/reports/pieces-fault.ts';

const LISTS = ['Results.*.Vulnerabilities', 'matches'];

interface Apart {
  readonly skeleton: unknown;
  readonly pieces: readonly Piece[];
}

/** Throws PiecesFault. The chunks are of the reader's own, and gone once they have been pushed. */
function apart(text: string, chunkBytes: number): Apart {
  const pieces: Piece[] = [];
  const reader = new Pieces(LISTS, (piece) => pieces.push(piece));
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const chunk = Buffer.from(bytes.subarray(at, at + chunkBytes));
    reader.push(chunk);
    chunk.fill(0x20);
  }
  return { skeleton: reader.end(), pieces };
}

/** Puts the entries back to where they came from. */
function together({ skeleton, pieces }: Apart): unknown {
  const whole = structuredClone(Object(skeleton));
  for (const { list, at, value } of pieces) {
    const target = list === 'matches' ? whole.matches : whole.Results[at[0] ?? -1].Vulnerabilities;
    target.push(value);
  }
  return whole;
}

const entries = fc.array(
  fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom('\\"', '[', ']}', ',', '{"a":"\\\\"}')),
  { maxLength: 4 },
);
const reports = fc.record(
  {
    title: fc.jsonValue({ maxDepth: 2 }),
    Results: fc.array(
      fc.record(
        { Target: fc.string(), Vulnerabilities: entries, other: fc.record({ matches: entries }) },
        { requiredKeys: [] },
      ),
      { maxLength: 3 },
    ),
    matches: entries,
  },
  { requiredKeys: [] },
);

describe('a document in pieces', () => {
  test('is the whole one again once they are put together, wherever its chunks end', () => {
    fc.assert(
      fc.property(reports, fc.integer({ min: 1, max: 40 }), fc.nat(2), (report, size, indent) => {
        const text = JSON.stringify(report, undefined, indent);
        expect(together(apart(text, size))).toEqual(JSON.parse(text));
      }),
      { numRuns: 200 },
    );
  });

  test('with one byte taken out, put in or changed is read where it is JSON still, and refused where not', () => {
    const byte = fc.constantFrom(...'{}[],:"\\ 0n'.split(''), '');
    fc.assert(
      fc.property(reports, fc.nat(), fc.nat(1), byte, (report, where, left, put) => {
        const text = JSON.stringify(report);
        const at = where % (text.length + 1);
        const broken = text.slice(0, at) + put + text.slice(at + left);
        expect(outcome(() => together(apart(broken, 7)))).toEqual(
          outcome(() => withoutTwins(broken)),
        );
      }),
      { numRuns: 1_500 },
    );
  });

  test.each<[string, string]>([
    ['a key twice in the head', '{"a": 1, "a": 2}'],
    ['a key twice under another spelling', '{"matches": [], "m\\u0061tches": []}'],
    ['a key twice in an entry', '{"matches": [{"a": 1, "a": 1}]}'],
    ['__proto__ twice', '{"__proto__": 1, "__proto__": 2}'],
    ['an end that is missing', '{"matches": [{"a": 1}'],
    ['an end too many', '{"matches": []}}'],
    ['log text ahead of it', '2026-11-30 INFO scanning {"matches": []}'],
    ['two documents', '{"matches": []}{"matches": []}'],
    ['a list closed as a map', '{"matches": [}'],
    ['a comma at the end', '{"matches": [1,]}'],
    ['a comma at the beginning', '{"matches": [,1]}'],
    ['two entries without a comma', '{"matches": [{} {}]}'],
    ['nothing', ''],
    ['lists in lists without end', '['.repeat(1_000_000)],
    ['maps in an entry without end', `{"matches": [${'{"a":'.repeat(100_000)}`],
  ])('is refused for %s', (_what, text) => {
    expect(() => apart(text, 4096)).toThrow(PiecesFault);
  });

  test('may have a key __proto__, which is a key like any other', () => {
    const { skeleton, pieces } = apart(
      '{"__proto__": {"matches": [1]}, "matches": [{"__proto__": 2}]}',
      5,
    );
    expect(Object.keys(Object(skeleton))).toEqual(['__proto__', 'matches']);
    expect(Object.keys(Object(pieces[0]?.value))).toEqual(['__proto__']);
  });

  test.each([
    ['an entry', '{"matches": ["', '"]}', 5],
    ['what is not in its lists', '{"a": "', '"}', 17],
  ])('is refused where %s is too large to be held', (what, before, after, megabytes) => {
    const text = before + 'x'.repeat(megabytes * 1_048_576) + after;
    expect(() => apart(text, 65_536)).toThrow(new RegExp(`^${what} is larger than`));
  });
});

function outcome(read: () => unknown): unknown {
  try {
    return { read: read() };
  } catch {
    return 'refused';
  }
}

/** JSON.parse, but for keys that stand twice: found by how little is left of them when written again. */
function withoutTwins(text: string): unknown {
  const whole = JSON.parse(text);
  const colons = (written: string): number =>
    written.replaceAll(/"(?:[^"\\]|\\.)*"/g, '').split(':').length;
  if (colons(text) !== colons(JSON.stringify(whole))) throw new Error('a key stands twice');
  return whole;
}
