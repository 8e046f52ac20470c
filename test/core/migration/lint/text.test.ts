// Where a file is cut wrongly, the linter judges other statements than those that run.
import { describe, expect, test } from '@jest/globals';
import { BytePlaces, Lines, placeOfPoint } from '../../../../core/migration/lint/text/positions.ts';
import { cutStatements } from '../../../../core/migration/lint/text/statements.ts';

const texts = (sql: string): readonly string[] =>
  cutStatements(sql).statements.map(({ text }) => text.trim());

describe('a semicolon ends a statement, but not', () => {
  test.each([
    ['in a text', "SELECT 'a;b'; SELECT 2", ["SELECT 'a;b'", 'SELECT 2']],
    ['behind a quote in a text', "SELECT 'it''s;'; SELECT 2", ["SELECT 'it''s;'", 'SELECT 2']],
    ['behind an escaped quote', "SELECT E'\\';'; SELECT 2", ["SELECT E'\\';'", 'SELECT 2']],
    ['a backslash that escapes nothing', "SELECT '\\'; SELECT 2", ["SELECT '\\'", 'SELECT 2']],
    ['in a name', 'SELECT 1 AS "a;b"; SELECT 2', ['SELECT 1 AS "a;b"', 'SELECT 2']],
    ['in dollars', 'DO $x$ a; $$ b; $x$; SELECT 2', ['DO $x$ a; $$ b; $x$', 'SELECT 2']],
    [
      'in parentheses',
      'CREATE RULE r AS ON DELETE TO t DO (SELECT 1; SELECT 2); SELECT 3',
      ['CREATE RULE r AS ON DELETE TO t DO (SELECT 1; SELECT 2)', 'SELECT 3'],
    ],
    ['in a comment', 'SELECT 1 -- a;b\n; SELECT 2', ['SELECT 1 -- a;b', 'SELECT 2']],
    [
      'in a comment in a comment',
      'SELECT /* a /* ; */ ; */ 1; SELECT 2',
      ['SELECT /* a /* ; */ ; */ 1', 'SELECT 2'],
    ],
    [
      'in the body of a routine in SQL',
      'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; END; SELECT 2',
      [
        'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; END',
        'SELECT 2',
      ],
    ],
  ])('%s', (_, sql, expected) => {
    expect(texts(sql)).toEqual(expected);
  });

  test('with what is no statement at all there is none', () => {
    expect(texts(' ;; -- nothing\n ; /* nothing */ ')).toEqual([]);
  });
});

describe('what no server reads is told', () => {
  test.each([
    ['\\copy t from x\nSELECT 1', 'meta-command', '\\copy'],
    ['SELECT 1;\nCOPY t FROM stdin;\n1;2\n\\.\nSELECT 2', 'copy-data', 'COPY … FROM stdin'],
    ["SELECT 'a", 'open', 'a quote is not closed'],
    ['SELECT $$ a', 'open', 'a quote is not closed'],
    ['SELECT 1 /* /* */', 'open', 'a comment (/*) is not closed'],
    [`SELECT ${'('.repeat(201)}`, 'too-deep', 'is nested deeper than 200'],
  ])('%j', (sql, kind, what) => {
    expect(cutStatements(sql).faults).toMatchObject([{ kind, what }]);
  });

  test('what follows the rows of COPY is read again', () => {
    expect(texts('COPY t FROM stdin;\n1;2\n\\.\nSELECT 2')).toEqual([
      'COPY t FROM stdin',
      'SELECT 2',
    ]);
  });
});

test('a comment belongs to the statement that follows it, or in which it stands', () => {
  const cut = cutStatements('-- one\nSELECT 1; -- two\nSELECT /* also two */ 2;\n-- none');
  const comments = cut.statements.map((each) => each.comments.map(({ text }) => text));
  expect(comments).toEqual([['-- one'], ['-- two', '/* also two */']]);
  expect(cut.trailing.map(({ text }) => text)).toEqual(['-- none']);
});

test('a place is told as an editor shows it, whatever characters stand before it', () => {
  const text = "SELECT 'ä😀', x";
  const places = new BytePlaces(text);
  expect(places.at(Buffer.byteLength("SELECT 'ä😀', "))).toBe(text.indexOf('x'));
  expect(places.at(0)).toBe(0);
  expect(places.at(Buffer.byteLength("SELECT 'ä"))).toBe(text.indexOf('😀'));
  expect(placeOfPoint(text, [..."SELECT 'ä😀', "].length)).toBe(text.indexOf('x'));
  const lines = new Lines('a\nbc\n\nd');
  expect([0, 1, 2, 3, 5, 6].map((at) => lines.at(at))).toEqual([
    { line: 1, column: 1 },
    { line: 1, column: 2 },
    { line: 2, column: 1 },
    { line: 2, column: 2 },
    { line: 3, column: 1 },
    { line: 4, column: 1 },
  ]);
});
