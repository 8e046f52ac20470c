// What a table of applied migrations means: what is left, what has drifted, which ways are closed.
import { describe, expect, test } from '@jest/globals';
import { instant } from '../../../core/base/vocabulary.ts';
import type { MigrationPhase } from '../../../core/migration/engine.ts';
import type { Migration } from '../../../core/migration/files/migrations.ts';
import type { Script } from '../../../core/migration/files/script.ts';
import { type ContractSeen, contractGates } from '../../../core/migration/state/contract-gates.ts';
import { driftOf } from '../../../core/migration/state/drift.ts';
import type { DatabaseState, MigrationRow } from '../../../core/migration/state/rows.ts';
import { expandedBy, factsOf, schemaOf } from '../../../core/migration/state/standing.ts';
import { wayBackOf } from '../../../core/migration/state/way-back.ts';

function script(file: string, checksum = file): Script {
  return { file, text: '', checksum, statements: [] };
}

function migration(id: string, over: Partial<Migration> = {}): Migration {
  const expand = { up: script(`${id}.up`), down: script(`${id}.down`) };
  return {
    id,
    slug: 'x',
    expand,
    backfill: undefined,
    validate: undefined,
    contract: undefined,
    ...over,
  };
}

function row(
  id: string,
  phase: MigrationPhase = 'expand',
  over: Partial<MigrationRow> = {},
): MigrationRow {
  return {
    id,
    phase,
    slug: 'x',
    checksum: phase === 'expand' ? `${id}.up` : `${id}.${phase}`,
    status: 'done',
    nextStatement: 1,
    upSql: '',
    downSql: 'DROP',
    cursor: undefined,
    rowsDone: 0,
    rowsSeen: 0,
    run: 'run-1',
    release: '',
    error: undefined,
    startedAt: instant(Number(id)),
    ...over,
  };
}

function state(rows: readonly MigrationRow[], floor?: DatabaseState['floor']): DatabaseState {
  return { rows, releases: [], floor };
}

describe('drift', () => {
  test.each<[string, readonly Migration[], readonly MigrationRow[], readonly RegExp[]]>([
    ['none where nothing was run', [migration('0001')], [], []],
    ['none where all is as it was', [migration('0001')], [row('0001')], []],
    [
      'a file that has changed',
      [migration('0001')],
      [row('0001', 'expand', { checksum: 'other' })],
      [/0001\.up was changed since it was applied/],
    ],
    [
      'a file that has changed half-way',
      [migration('0001')],
      [row('0001', 'expand', { checksum: 'other', status: 'doing' })],
      [/since it was begun/],
    ],
    [
      'none of what was undone',
      [migration('0001')],
      [row('0001', 'expand', { checksum: 'other', status: 'undone' })],
      [],
    ],
    [
      'none of what somebody else has applied',
      [migration('0001')],
      [row('0001', 'expand', { checksum: 'other', status: 'baselined' })],
      [],
    ],
    ['none of what a newer image has brought', [migration('0001')], [row('0001'), row('0002')], []],
    [
      'files that are gone from the middle',
      [migration('0001'), migration('0003')],
      [row('0002')],
      [/0002_x was applied, and its files are gone/],
    ],
    [
      'a phase that has no file any more',
      [migration('0001')],
      [row('0001'), row('0001', 'backfill')],
      [/no file for backfill any more, which was applied/],
    ],
  ])('%s', (_what, migrations, rows, found) => {
    expect(driftOf(migrations, state(rows)).map(({ message }) => message)).toEqual(
      found.map((each) => expect.stringMatching(each)),
    );
  });
});

describe('how far it is', () => {
  const two = [migration('0001', { validate: script('0001.validate') }), migration('0002')];

  test('a schema is there when all before traffic is done, in order', () => {
    expect(schemaOf(two, state([]))).toBe('');
    expect(schemaOf(two, state([row('0001'), row('0002')]))).toBe('');
    expect(schemaOf(two, state([row('0001'), row('0001', 'validate')]))).toBe('0001');
    expect(schemaOf(two, state([row('0001'), row('0001', 'validate'), row('0002')]))).toBe('0002');
  });

  test('what a run has expanded is its own, whatever it has validated', () => {
    const rows = [row('0001', 'expand', { run: 'old' }), row('0001', 'validate'), row('0002')];
    expect(expandedBy(state(rows), 'run-1')).toEqual(['0002']);
  });

  test('without files, the tables say how far it is', () => {
    const seen = {
      migrations: [],
      state: state([row('0004'), row('0003')]),
      run: 'r',
      gates: [],
      backup: undefined,
    };
    expect(factsOf(seen)).toMatchObject({ schema: '0004', compatFloor: '' });
  });
});

describe('the way back', () => {
  const floor = { id: '0002', raisedBy: 'the contract of 0002_x (run run-9)' };
  const four = ['0001', '0002', '0003', '0004'].map((id) =>
    row(id, 'expand', { run: id < '0003' ? 'old' : 'new' }),
  );

  test('undoes the last first, down to what was asked for', () => {
    const way = wayBackOf(state(four), '0001', 'goes-down');
    expect(way).toMatchObject({ kind: 'open', to: '0001' });
    expect(way.kind === 'open' && way.undo.map(({ id }) => id)).toEqual(['0004', '0003', '0002']);
  });

  test('previous is before all that the last run has expanded', () => {
    expect(wayBackOf(state(four), 'previous', 'goes-down')).toMatchObject({ to: '0002' });
    expect(wayBackOf(state([]), 'previous', 'goes-down')).toMatchObject({ to: '', undo: [] });
  });

  test('what is on its way back is gone on with, what is undone is left alone', () => {
    const rows = [
      row('0001'),
      row('0002', 'expand', { status: 'undoing' }),
      row('0003', 'expand', { status: 'undone' }),
    ];
    const way = wayBackOf(state(rows), '0001', 'goes-down');
    expect(way.kind === 'open' && way.undo.map(({ id }) => id)).toEqual(['0002']);
  });

  test.each<[string, DatabaseState, string, 'stays' | 'goes-down', RegExp]>([
    [
      'below the floor',
      state(four, floor),
      '0001',
      'goes-down',
      /does not go below 0002: the contract of 0002_x \(run run-9\)/,
    ],
    [
      'below the floor, though the schema stays',
      state(four, floor),
      '0001',
      'stays',
      /does not go below 0002/,
    ],
    ['to nowhere', state(four), '0007', 'goes-down', /0007 is no migration of this database/],
    [
      'behind a contract that has begun',
      state([...four, row('0004', 'contract', { status: 'doing' })]),
      '0003',
      'goes-down',
      /the contract of 0004_x has begun/,
    ],
    [
      'without one written down',
      state([...four, row('0005', 'expand', { status: 'baselined', downSql: undefined })]),
      '0004',
      'goes-down',
      /0005_x has no way back written down: it was taken as applied/,
    ],
  ])('is closed %s', (_what, seen, to, schema, message) => {
    expect(wayBackOf(seen, to, schema)).toMatchObject({
      kind: 'closed',
      problem: { message: expect.stringMatching(message) },
    });
  });

  test('to the floor itself it is open', () => {
    expect(wayBackOf(state(four, floor), '0002', 'stays')).toMatchObject({ kind: 'open' });
  });
});

describe('a contract', () => {
  const FINE: ContractSeen = {
    now: instant(100_000),
    ids: ['0001'],
    unready: ['0002'],
    expandedNow: ['0003'],
    oldPods: { kind: 'asked', left: 0, servingSince: instant(40_000), isErrorRateFine: true },
    oldSessions: [],
    soakMs: 60_000,
  };
  const asked = {
    kind: 'asked',
    left: 0,
    servingSince: instant(40_000),
    isErrorRateFine: true,
  } as const;

  test('may run where nobody needs the old any more', () => {
    expect(contractGates(FINE).filter(({ holds }) => !holds)).toEqual([]);
    expect(contractGates(FINE)).toHaveLength(6);
  });

  test.each<[string, Partial<ContractSeen>, RegExp]>([
    ['expanded-before', { unready: ['0001'] }, /0001/],
    ['later-run', { expandedNow: ['0001'] }, /this very run: 0001/],
    ['no-old-pod', { oldPods: { ...asked, left: 1 } }, /1 with an older image/],
    ['no-old-session', { oldSessions: ['payment/1.4 (2)'] }, /payment\/1\.4 \(2\)/],
    ['soaked', { soakMs: 60_001 }, /1m of 1m/],
    ['error-rate', { oldPods: { ...asked, isErrorRateFine: false } }, /too many errors/],
  ])('is held up by %s', (name, over, seen) => {
    const closed = contractGates({ ...FINE, ...over }).filter(({ holds }) => !holds);
    expect(closed).toEqual([{ gate: name, holds: false, seen: expect.stringMatching(seen) }]);
  });

  test('a person who vouches for pods is named, and asked for no soak time', () => {
    const gates = contractGates({ ...FINE, oldPods: { kind: 'vouched', by: 'ada' }, soakMs: 1e9 });
    expect(gates.every(({ holds }) => holds)).toBe(true);
    expect(gates.find(({ gate }) => gate === 'no-old-pod')?.seen).toBe('by the word of ada');
  });
});
