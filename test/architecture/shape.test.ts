// How long and how plain the code is: what nobody would notice growing, a line at a time.
import { describe, expect, test } from '@jest/globals';
import { TOP } from './order.ts';
import { type Node, placeOf, type Source, sourcesIn } from './support/syntax.ts';

const MOST_LINES_OF_FUNCTION = 60;
const MOST_LINES_OF_FILE = 250;
/** Where types are not proven but claimed: each has its reason beside it, and there are no more. */
const MOST_CASTS = 40;

/** Arrows, methods and accessors too. */
const FUNCTIONS = [
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ObjectMethod',
  'ClassMethod',
  'ClassPrivateMethod',
];

const sources = sourcesIn([...Object.keys(TOP), 'scripts']);
const product = sources.filter(({ file }) => /^(core|effects|steps)\//.test(file));

describe('the code', () => {
  test(`no function has more than ${MOST_LINES_OF_FUNCTION} lines`, () => {
    const long = places(
      sources,
      (node) => isFunction(node) && linesOf(node) > MOST_LINES_OF_FUNCTION,
    );
    expect(long).toEqual([]);
  });

  test(`no file has more than ${MOST_LINES_OF_FILE} lines`, () => {
    const long = sources.filter(({ lines }) => lines.length > MOST_LINES_OF_FILE);
    expect(long.map(({ file, lines }) => `${file} ${lines.length}`)).toEqual([]);
  });

  test('the product claims no type without a reason beside it, and few at all', () => {
    expect(places(product, isCast, (source, node) => !hasReason(source, node))).toEqual([]);
    expect(places(product, isCast).length).toBeLessThanOrEqual(MOST_CASTS);
  });

  test('nothing is any, and nothing is said to be there that may not be', () => {
    const found = places(sources, ({ type }) =>
      ['TSAnyKeyword', 'TSNonNullExpression'].includes(type),
    );
    expect(found).toEqual([]);
  });

  test('these tests find what they look for', () => {
    expect(places(sources, isFunction).length).toBeGreaterThan(5_000);
    expect(places(product, isCast).length).toBeGreaterThan(20);
  });
});

function places(
  among: readonly Source[],
  wanted: (node: Node) => boolean,
  where: (source: Source, node: Node) => boolean = () => true,
): string[] {
  return among.flatMap((source) =>
    source.nodes
      .filter((node) => wanted(node) && where(source, node))
      .map((node) => placeOf(source, node)),
  );
}

function isFunction({ type }: Node): boolean {
  return FUNCTIONS.includes(type);
}

function linesOf({ loc }: Node): number {
  return loc.end.line - loc.start.line + 1;
}

/** `x as T`, and not `x as const`, which claims nothing. */
function isCast({ type, typeAnnotation }: Node): boolean {
  if (type === 'TSTypeAssertion') return true;
  if (type !== 'TSAsExpression') return false;
  const { typeName } = Object(typeAnnotation);
  return Object(typeName).name !== 'const';
}

/** In its line, or in the one before. */
function hasReason({ lines }: Source, { loc }: Node): boolean {
  const own = lines[loc.end.line - 1] ?? '';
  const before = lines[loc.start.line - 2] ?? '';
  return own.includes('// ') || before.trim().startsWith('//');
}
