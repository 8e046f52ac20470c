/** One statement after the other: what it does, what it locks, what the rules say, what is made of the schema. */
import { foreignText } from '../../base/foreign-text.ts';
import type { LockSaid } from './finding.ts';
import { atomicBody, calledBy, calledLater, type Inner, plpgsqlBody, sqlBody } from './follow.ts';
import { touchesOf } from './locks/statements.ts';
import { type Touch, together } from './locks/touch.ts';
import type { SqlParser } from './parser.ts';
import { STATEMENT_RULES } from './rules/registry.ts';
import type { Rule, Setting, Severity, Situation } from './rules/rule.ts';
import { longLock } from './rules/tables.ts';
import { TEXT_RULES, type TextRule } from './rules/text-rules.ts';
import { Transaction } from './rules/transaction.ts';
import { workInOneStatement } from './rules/transactions.ts';
import { apply } from './schema/apply.ts';
import type { Schema } from './schema/schema.ts';
import { parserText } from './text/parser-text.ts';
import { BytePlaces, placeOfPoint } from './text/positions.ts';
import type { Act, PlacedAct } from './tree/act.ts';
import { type Name, nameText } from './tree/names.ts';
import { actsOf } from './tree/statement.ts';

/** What a rule says of a statement. */
export interface Told {
  readonly rule: string;
  readonly severity: Severity;
  readonly seen: string;
  readonly instead: string;
  /** In characters from the statement's start. */
  readonly place: number;
}

interface Ground {
  readonly parser: SqlParser;
  readonly schema: Schema;
  readonly setting: Setting;
}

/** A table has no more columns. */
const MOST_ACTS = 1_600;
/** Bodies call bodies. */
const MOST_DEPTH = 8;

export class StatementWalk {
  private readonly ground: Ground;
  private transaction: Transaction;
  private told: Told[] = [];
  private touches: Touch[] = [];
  /** Routines that were followed, as they are written: what they do is told once. */
  private readonly followed = new Set<string>();
  /** Notes are told once for each table. */
  private readonly noted = new Set<string>();

  constructor(ground: Ground, hasSeveral: boolean) {
    this.ground = ground;
    this.transaction = this.fresh(ground.setting.transactions === 'file' && hasSeveral);
  }

  statement(sql: string): { told: readonly Told[]; locks: readonly LockSaid[] } {
    this.told = [];
    this.touches = [];
    const { setting, schema } = this.ground;
    if (setting.transactions === 'statement' && !this.isBegun) this.transaction = this.fresh(false);
    this.run(sql, { prefix: '', place: undefined, depth: 0 });
    const locks = together(schema, this.touches).map(({ text, lock, work, isSure }) => ({
      on: foreignText(text, 130),
      mode: lock,
      work,
      isSure,
    }));
    return { told: this.told, locks };
  }

  private isBegun = false;

  private fresh(isShared: boolean): Transaction {
    return new Transaction(isShared, this.ground.setting.hasLockTimeout || this.isTimed);
  }

  /** Whether the session has a timeout for locks that holds from here on. */
  private isTimed = false;

  private run(sql: string, origin: Origin): void {
    const parsed = this.ground.parser.parse(sql);
    if (parsed.kind === 'refused') {
      this.tell('not-sql', origin, parserText(parsed.message), placeOfPoint(sql, parsed.at));
      return;
    }
    this.runTrees(parsed.trees, sql, origin);
  }

  private runTrees(trees: readonly unknown[], sql: string, origin: Origin): void {
    const acts = trees.flatMap(actsOf);
    if (acts.length > MOST_ACTS) {
      this.tell(
        'too-large',
        origin,
        `it does ${acts.length} things, and at most ${MOST_ACTS} are looked at`,
        0,
      );
      return;
    }
    const own: [Act, readonly Touch[]][] = [];
    const places = new BytePlaces(sql);
    for (const placed of acts) {
      const touches = touchesOf(this.ground.schema, placed.act) ?? [];
      own.push([placed.act, touches]);
      this.touches.push(...touches);
      this.judge({ ...placed, place: places.at(placed.place) }, touches, origin);
      apply(this.ground.schema, placed.act, sql);
      this.follow(placed.act, sql, origin);
    }
    const changes = own.map(([, touches]) => touches);
    const together = workInOneStatement(this.ground.schema, changes);
    if (together) {
      const seen = `${origin.prefix}${foreignText(together.seen, 600)}`;
      this.told.push({ ...together, seen, place: origin.place ?? 0 });
    }
    for (const [act, touches] of own) {
      this.transaction.add(this.ground.schema, act, touches);
      this.control(act);
    }
  }

  /** BEGIN and COMMIT, as far as the file has them. */
  private control(act: Act): void {
    if (act.kind === 'set' && act.name === 'lock_timeout' && !act.isLocal) {
      this.isTimed = act.value !== undefined && act.value !== '0';
    }
    if (act.kind !== 'transaction') return;
    if (act.verb === 'begin' || act.verb === 'start') {
      this.isBegun = true;
      this.transaction = this.fresh(true);
    } else if (['commit', 'rollback', 'prepare'].includes(act.verb)) {
      this.isBegun = false;
      this.transaction = this.fresh(false);
    }
  }

  private judge(
    { act, fields, place }: PlacedAct,
    touches: readonly Touch[],
    origin: Origin,
  ): void {
    const { schema, setting } = this.ground;
    const transaction = this.transaction;
    const situation: Situation = { act, fields, touches, schema, setting, transaction };
    let isToldOf = false;
    for (const rule of STATEMENT_RULES) {
      if (rule === longLock && isToldOf) continue;
      const found = rule.find(situation);
      if (!found) continue;
      const severity = found.severity ?? rule.severity;
      if (severity === 'note' && this.wasNoted(rule, act)) continue;
      if (severity !== 'note') isToldOf = true;
      this.told.push({
        rule: rule.id,
        severity,
        seen: `${origin.prefix}${foreignText(found.seen, 600)}`,
        instead: foreignText(found.instead ?? rule.instead, 600),
        place: origin.place ?? place,
      });
    }
  }

  private wasNoted(rule: Rule, act: Act): boolean {
    const key = `${rule.id} ${act.kind === 'alter-table' ? this.ground.schema.keyOf(act.table) : ''}`;
    const was = this.noted.has(key);
    this.noted.add(key);
    return was;
  }

  private follow(act: Act, sql: string, origin: Origin): void {
    if (origin.depth >= MOST_DEPTH) return;
    if (act.kind === 'do' && act.language === 'plpgsql') {
      this.body(plpgsqlBody(this.ground.parser, sql), 'in the block', origin);
    }
    for (const name of calledBy(act)) this.call(name, origin);
    const later = calledLater(this.ground.schema, act);
    if (later === undefined) return;
    // What it does then, this statement does not.
    const { touches, transaction } = this;
    this.touches = [];
    this.transaction = this.fresh(true);
    this.call(later, origin);
    this.touches = touches;
    this.transaction = transaction;
  }

  private call(name: Name, origin: Origin): void {
    const { schema, parser } = this.ground;
    const routine = schema.routine(name);
    if (routine?.text === undefined || this.followed.has(routine.text)) return;
    this.followed.add(routine.text);
    const where = `in ${nameText(name)}()`;
    if (routine.language === 'plpgsql') this.body(plpgsqlBody(parser, routine.text), where, origin);
    else if (routine.language === 'sql') {
      const inner =
        routine.body === undefined ? atomicBody(parser, routine.text) : sqlBody(routine.body);
      this.body(inner, where, origin);
    }
  }

  private body(inner: readonly Inner[], where: string, { prefix, place, depth }: Origin): void {
    const { transaction } = this;
    const was = transaction.isShared;
    transaction.isShared = true;
    for (const each of inner) {
      const line = each.kind === 'refused' ? '' : `, line ${each.line}`;
      const origin = {
        prefix: `${prefix}${foreignText(where, 140)}${line}: `,
        place: place ?? 0,
        depth: depth + 1,
      };
      switch (each.kind) {
        case 'sql':
          this.run(each.sql, origin);
          break;
        case 'trees':
          this.runTrees(each.trees, '', origin);
          break;
        case 'dynamic':
          this.tell('dynamic-sql', origin, 'EXECUTE runs what is put together only then', 0);
          break;
        case 'refused':
          this.tell('not-sql', origin, parserText(each.message), 0);
          break;
      }
    }
    transaction.isShared = was;
  }

  private tell(rule: TextRule, origin: Origin, seen: string, place: number): void {
    const { severity, instead } = TEXT_RULES[rule];
    this.told.push({
      rule,
      severity,
      seen: `${origin.prefix}${seen}`,
      instead,
      place: origin.place ?? place,
    });
  }
}

/** Where a statement comes from: the file itself, or a body that the file's statement runs. */
interface Origin {
  readonly prefix: string;
  /** Of the file's statement; undefined where it is that. */
  readonly place: number | undefined;
  readonly depth: number;
}
