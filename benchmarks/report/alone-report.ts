/** The benchmark's page where no stable runs beside the candidate, and how far all of it is from the limit. */
import { SEQUENTIAL_DEFAULTS } from '../../core/judge/policy.ts';
import { find } from '../trials/trial.ts';
import { brief, count, falseRollbacks, type Outcome, type Report, table } from './cells.ts';
import { limitOf } from './limit.ts';

const JUDGES = ['sequential', 'sequential, an hour', 'Argo', 'Flagger'] as const;
const BAD_JUDGES: readonly string[] = [
  'sequential',
  'sequential, an hour',
  'sequential, tuned',
  'Argo',
  'Flagger',
];

export function alonePart({ alone, aloneAlpha, matchedRate }: Report): readonly string[] {
  const good = alone.filter(({ scenario }) => scenario.truth === 'null');
  const bad = alone.filter(({ scenario }) => scenario.truth === 'bad');
  const { drift } = SEQUENTIAL_DEFAULTS;
  return [
    '## No stable beside the candidate',
    `All traffic is the candidate's from the first minute, as in an instant blue-green release. What is
known of the stable is ten minutes before, and what its counters had counted in a day. \`sequential\` is
a whole release: a step of ten minutes, promoted after it unless errors are unexplained, two minutes
more where they are. \`sequential, an hour\` is its evidence alone, watched for an hour. The others roll
back at more than 1% errors, whatever the stable's were. Kayenta needs a stable beside the candidate.`,
    `### Good releases that were rolled back, per cent`,
    `What is above is bounded; the last three are the price of having nothing beside the candidate:
errors that rise after the switch by more than ${drift} times are the candidate's, for all that anybody can know.`,
    table(good, JUDGES, falseRollbacks),
    '### Bad releases',
    `Per cent rolled back / median minutes / bad requests served. \`tuned\` rolls back ${100 * matchedRate}% of good
releases at 60 requests a minute in an hour: its alpha is ${aloneAlpha.toPrecision(2)}, since such releases use nothing
of the allowance for drift.`,
    table(bad, BAD_JUDGES, brief),
  ];
}

/** Bad requests as multiples of what a test must let pass. */
export function limitPart({ outcomes, alone, matchedRate }: Report): string {
  const { alpha, drift } = SEQUENTIAL_DEFAULTS;
  const rows = [...outcomes, ...alone].flatMap((outcome) => rowOf(outcome, alpha, drift));
  return [
    '## How far from the limit',
    `No test with at most ${100 * matchedRate}% false rollbacks can let fewer bad requests pass, on average, than
ln(1/alpha) / g times their rate, where g is what the best evidence grows by a request (Wald): of two
samples where a stable is beside the candidate, KL(p1, m) + KL(p0, m) with m their mean; of one where it
is not, KL(p1, p0). \`drift\`: of one sample with the allowance, KL(p1, ${drift} p0), which is the question that
the judge answers there. No test stops before the first bad request, nor before the first reading, of a
second, has come. Figures are of releases that were all rolled back; a release that is not bad enough for
the allowance has none. What lies between the limit and the judge is in [judge.md](judge.md#how-far-from-the-limit).`,
    [
      '| scenario | limit | as it comes | tuned | limit with drift | as it comes | tuned |',
      '| --- | --- | --- | --- | --- | --- | --- |',
      ...rows,
    ].join('\n'),
  ].join('\n\n');
}

function rowOf({ scenario, results }: Outcome, alpha: number, drift: number): readonly string[] {
  const limit = scenario.truth === 'bad' ? limitOf(scenario, alpha, drift) : undefined;
  if (!limit) return [];
  const ratio = (name: string, to: number | undefined): string => {
    const { badRequests, rolledBack, releases } = find(results, name);
    if (to === undefined || rolledBack < 0.99 * releases) return '–';
    return (badRequests / to).toFixed(2);
  };
  const came = scenario.weight(0) < 1 ? 'sequential' : 'sequential, an hour';
  const cells = [limit.badRequests, limit.withDrift].flatMap((to) => [
    to === undefined ? '–' : count(to),
    ratio(came, to),
    ratio('sequential, tuned', to),
  ]);
  return [`| ${[scenario.name, ...cells].join(' | ')} |`];
}
