/** What is found in a file, each with its place, and what the file's comments allow of it. */
import { foreignText } from '../../base/foreign-text.ts';
import type { Allowance } from './allow.ts';
import type { FileReport, Finding, StatementSaid } from './finding.ts';
import { mayBeAllowed } from './rules/registry.ts';
import { TEXT_RULES, type TextRule } from './rules/text-rules.ts';
import { Lines, type Position } from './text/positions.ts';
import type { Told } from './walk.ts';

/** Whoever reads them has enough to do with these. */
const MOST_FINDINGS = 500;

export class Findings {
  private readonly lines: Lines;
  private readonly end: number;
  private readonly found: Finding[] = [];
  private more = 0;
  private ofFile: readonly Allowance[] = [];
  private readonly used = new Set<Allowance>();

  constructor(text: string) {
    this.lines = new Lines(text);
    this.end = text.length;
  }

  /** What is allowed wherever it is found. */
  allowInFile(allowances: readonly Allowance[]): void {
    this.ofFile = allowances;
  }

  positionOf(at: number): Position {
    return this.lines.at(Math.min(at, this.end));
  }

  /** Where a line begins, which counts from 1. */
  startOf(line: number): number {
    return this.lines.startOf(line);
  }

  /** Of what stands at `start`; `own`: what is allowed of that alone. */
  tellAll(told: readonly Told[], start: number, own: readonly Allowance[]): void {
    for (const each of told) {
      const allowance = this.allowanceOf(each.rule, own);
      this.add(each, start + each.place, allowance?.reason);
    }
  }

  tell(rule: TextRule, at: number, seen: string): void {
    const { severity, instead } = TEXT_RULES[rule];
    const reason = this.allowanceOf(rule, [])?.reason;
    this.add({ rule, severity, seen, instead, place: 0 }, at, reason);
  }

  /** Says what is wrong with them, once all has been told that they could be about. */
  judge(allowances: readonly Allowance[]): void {
    for (const each of allowances) this.judgeAllowance(each);
  }

  report(name: string, statements: readonly StatementSaid[]): FileReport {
    this.judge(this.ofFile);
    const findings = this.found.toSorted(
      ({ position: a }, { position: b }) => a.line - b.line || a.column - b.column,
    );
    return { name, statements, findings, more: this.more };
  }

  private allowanceOf(rule: string, own: readonly Allowance[]): Allowance | undefined {
    if (!mayBeAllowed(rule)) return undefined;
    const found = [...own, ...this.ofFile].filter(({ rules }) => rules.includes(rule));
    for (const each of found) this.used.add(each);
    return found.find(({ reason }) => reason !== '');
  }

  private judgeAllowance(allowance: Allowance): void {
    const { rules, reason, at } = allowance;
    if (reason === '') this.tell('allow-without-reason', at, 'it gives no reason behind a colon');
    const unknown = rules.filter((rule) => !mayBeAllowed(rule));
    for (const rule of unknown) {
      this.tell(
        'allow-unknown-rule',
        at,
        `${foreignText(rule, 60)} is no rule that can be allowed`,
      );
    }
    if (rules.length === 0) this.tell('allow-unknown-rule', at, 'it names no rule');
    else if (unknown.length === 0 && !this.used.has(allowance)) {
      this.tell('allow-unused', at, `${rules.join(', ')}: nothing of the kind was found`);
    }
  }

  private add(
    { rule, severity, seen, instead }: Told,
    at: number,
    allowed: string | undefined,
  ): void {
    if (this.found.length >= MOST_FINDINGS) {
      this.more += 1;
      return;
    }
    this.found.push({ rule, severity, position: this.positionOf(at), seen, instead, allowed });
  }
}
