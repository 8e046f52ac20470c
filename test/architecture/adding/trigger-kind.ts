/** A kind of trigger that remembers something: so many looks in a row without a request. */
import type { Addition } from './addition.ts';

const TEXT = `
import type { WrittenKeys } from '../../base/from-schema.ts';
import { OPEN } from '../../metrics/access.ts';
import { finding } from '../facts.ts';
import type { Looked, TriggerBase, TriggerKind } from './kind.ts';
import { WHOLE } from './shared-keys.ts';

const KEYS = {
  silence: {
    type: 'object',
    additionalProperties: false,
    properties: { looks: WHOLE, url: { type: 'string', pattern: '^https?://' } },
  },
} as const;

interface SilenceTrigger extends TriggerBase {
  readonly kind: 'silence';
  readonly looks: number;
  readonly url: string | undefined;
}

interface SilenceState {
  readonly silentLooks?: number;
}

export const silence = {
  kind: 'silence',
  key: 'silence',
  title: 'silence',
  keys: KEYS,
  common: ['severity'],
  resolve: ({ silence: written = {} }, terms) => ({
    ...terms,
    durationMs: 0,
    kind: 'silence',
    id: 'silence',
    looks: written.looks ?? 3,
    url: written.url,
  }),
  evaluate: ({ looks }, { silentLooks = 0 }, facts): Looked<SilenceState> => {
    const isSilent = facts.over(1_000)?.candidate.requests === 0;
    const state = { silentLooks: isSilent ? silentLooks + 1 : 0 };
    const found = finding(state.silentLooks >= looks ? 'exceeded' : 'calm', 'nobody asks');
    return { state, found };
  },
  issues: ({ silence: written }, { path }) =>
    written?.looks === 1 ? [{ path: \`\${path}/silence\`, message: 'is too nervous' }] : [],
  questions: ({ url }) =>
    url === undefined
      ? []
      : [
          {
            name: 'silence',
            intervalMs: 1_000,
            access: OPEN,
            query: () => ({ to: 'http', url }),
            read: (_response, _sides, at) => ({ candidate: { kind: 'value', at, value: 0 } }),
          },
        ],
  gauges: () => ['silence_gauge'],
  url: ({ url }) => (url === undefined ? undefined : { title: 'silence', url }),
} as const satisfies TriggerKind<WrittenKeys<typeof KEYS>, SilenceTrigger, SilenceState>;
`;

const PROGRAM = `
import { instant } from './core/base/vocabulary.ts';
import { configuredUrls } from './core/config/urls.ts';
import { gaugesFor, questionsOf } from './core/triggers/kinds/registry.ts';
import { evaluateTriggers, type TriggerStates } from './core/triggers/trigger-state.ts';
import { faultsOf, load } from './load.ts';

const trigger = (keys: string): string => \`rollback: {triggers: [{\${keys}}]}\`;
const settings = await load(trigger('silence: {looks: 2, url: "http://ask"}'));
const own = settings.triggers.filter(({ kind }) => kind === 'silence');
let memories: TriggerStates = {};
const seen = [1, 2].map((second) => {
  const at = instant(second * 1_000);
  const none = { requests: 0, errors: 0 };
  const window = { kind: 'measured', at, forMs: 1_000, candidate: none, stable: none } as const;
  const health = { ready: 1, expected: 1, restarts: {} };
  const values = { stable: {}, candidate: {} };
  const facts = { at, over: () => window, values, health, usualThroughput: undefined };
  const looked = evaluateTriggers(own, memories, facts);
  memories = looked.memories;
  return looked.fired.map(({ why }) => why);
});
process.stdout.write(
  JSON.stringify({
    trigger: own,
    seen,
    memories,
    questions: questionsOf(own).map(({ name }) => name),
    gauges: own.flatMap((each) => gaugesFor(each)),
    urls: configuredUrls(settings),
    wrong: await faultsOf(trigger('silence: {looks: 1}')),
    foreign: await faultsOf(trigger('silence: {}, cooldown: 5s')),
    two: await faultsOf(trigger('silence: {}, health: restarts')),
  }),
);
`;

const LINE = 'ConfigMap pay-release-config line 3: /rollback/triggers/0';

export const triggerKind: Addition = {
  what: 'a kind of trigger',
  file: 'core/triggers/kinds/silence.ts',
  text: TEXT,
  registry: {
    file: 'core/triggers/kinds/registry.ts',
    import: "import { silence } from './silence.ts';",
    after: 'const KINDS = {',
    entry: '  silence,',
  },
  program: PROGRAM,
  writes: {
    trigger: [
      {
        ...{ origin: 'config', severity: 'critical', durationMs: 0, cooldownMs: 60_000 },
        ...{ kind: 'silence', id: 'silence', looks: 2, url: 'http://ask' },
      },
    ],
    seen: [[], ['nobody asks']],
    memories: { silence: { silentLooks: 2, exceededSince: 2_000, firedAt: 2_000 } },
    questions: ['silence'],
    gauges: ['silence_gauge'],
    urls: [{ path: '/rollback/triggers (silence) url', url: 'http://ask' }],
    wrong: [`${LINE}/silence is too nervous`],
    foreign: [`${LINE}/cooldown has no meaning for a trigger on silence`],
    two: [
      `${LINE} needs exactly one of silence and metric and health and errorSpike and dependency`,
    ],
  },
};
