// Who asks for a strategy, a router, a provider, a channel or a stage by its name. Each such place has to be
// found again when one more of its kind is added: what differs between them is asked of their registry.
import { expect, test } from '@jest/globals';
import { ROUTERS, STRATEGIES } from '../../core/base/vocabulary.ts';
import { CHANNEL_NAMES } from '../../core/channels/registry.ts';
import { STAGES } from '../../core/journal/stages.ts';
import { PROVIDER_NAMES } from '../../core/metrics/providers/registry.ts';
import { COUNTER_NAMES } from '../../core/metrics/request-counters/registry.ts';
import { PHASES } from '../../core/state/state.ts';
import { type Node, type Source, sourcesIn } from './support/syntax.ts';

interface Kind {
  readonly kind: string;
  readonly names: readonly string[];
  /** Where its names are at home: its own folders, with their registries. */
  readonly home: RegExp;
}

const KINDS: readonly Kind[] = [
  {
    kind: 'strategy',
    names: STRATEGIES,
    // Their own section of the config says what each of them asks for.
    home: /^core\/(plan|strategies)\/(rolling|two-sided)\/|^core\/config\/sections\/strategy\.ts$/,
  },
  {
    kind: 'phase',
    names: Object.values(PHASES).flat(),
    home: /^core\/strategies\/(rolling|two-sided)\//,
  },
  { kind: 'router', names: ROUTERS, home: /^core\/routers\// },
  {
    kind: 'provider',
    names: [...PROVIDER_NAMES, ...COUNTER_NAMES],
    home: /^core\/metrics\/(providers|request-counters)\//,
  },
  { kind: 'channel', names: CHANNEL_NAMES, home: /^core\/channels\// },
  { kind: 'stage', names: STAGES.map(({ name }) => name), home: /^steps\/([a-z-]+)\// },
];

/** Words that mean other things elsewhere: they count where they are compared with one of the kind alone. */
const COMMON = ['done', 'pods', 'rolling', 'service', 'turn'];

/** Places that ask all the same, how often, and why. */
const ALLOWED: Readonly<Record<string, readonly [times: number, why: string]>> = {
  'router service in core/config/sections/strategy.ts': [
    2,
    'what no Service can do is refused in the config, which is read before there are routers',
  ],
  'provider prometheus in effects/beforehand/asked.ts': [
    1,
    'an error budget is a query in PromQL: it is asked of that provider and no other',
  ],
};

const sources = sourcesIn(['core', 'effects', 'steps']);

test('by its name nobody asks for anything, but where a reason is written down', () => {
  const counted: Record<string, number> = {};
  for (const source of sources) {
    for (const place of KINDS.flatMap((kind) => askedIn(source, kind))) {
      counted[place] = (counted[place] ?? 0) + 1;
    }
  }
  const allowed = Object.entries(ALLOWED).map(([place, [times]]) => [place, times]);
  expect(counted).toEqual(Object.fromEntries(allowed));
});

/** `=== 'canary'` and `case 'canary':`, as `strategy canary in core/…/file.ts`. */
function askedIn({ file, text, nodes }: Source, { kind, names, home }: Kind): string[] {
  if (home.test(file)) return [];
  const isOfKind = ({ start, end }: Node): boolean =>
    text.slice(start, end).toLowerCase().endsWith(kind);
  return nodes
    .flatMap(comparisons)
    .filter(
      ({ name, asked }) => names.includes(name) && (!COMMON.includes(name) || isOfKind(asked)),
    )
    .map(({ name }) => `${kind} ${name} in ${file}`);
}

interface Comparison {
  readonly name: string;
  /** What is held against it. */
  readonly asked: Node;
}

function comparisons({ type, operator, left, right, discriminant, cases }: Node): Comparison[] {
  if (type === 'SwitchStatement') {
    return (cases as Node[]).flatMap(({ test: name }) => comparison(name, discriminant));
  }
  const isEquality = type === 'BinaryExpression' && /^[!=]==$/.test(String(operator));
  return isEquality ? [...comparison(left, right), ...comparison(right, left)] : [];
}

function comparison(literal: unknown, asked: unknown): Comparison[] {
  const { type, value } = Object(literal);
  return type === 'StringLiteral' ? [{ name: value, asked: asked as Node }] : [];
}
