/** docs/judge-benchmark.md: what the benchmark saw, as tables. */
import { cpus } from 'node:os';
import { alonePart, limitPart } from './alone-report.ts';
import { brief, falseRollbacks, full, percent, promotion, type Report, table } from './cells.ts';

const USUAL = ['sequential', 'Kayenta', 'Argo', 'Flagger'] as const;
const TUNED = [
  'sequential, tuned',
  'Kayenta, tuned',
  'Argo, tuned',
  'Flagger, tuned',
  'one minute, tuned',
] as const;
const TUNED_CHEAP = TUNED.slice(2);

export function pageOf(report: Report, broken: readonly string[]): string {
  const { outcomes } = report;
  const good = outcomes.filter(({ scenario }) => scenario.truth === 'null');
  const bad = outcomes.filter(({ scenario }) => scenario.truth === 'bad');
  const silent = outcomes.filter(({ scenario }) => scenario.truth === 'no-data');
  return [
    introduction(report, broken),
    '## Good releases that were rolled back',
    'Per cent, with the 95% interval (Wilson). `tuned` as below.',
    table(good, [...USUAL, ...TUNED_CHEAP], falseRollbacks),
    '## Bad releases',
    'Each as it comes: per cent rolled back within the hour / median minutes to it / requests the\ncandidate served until then / how many of them were bad. Means are over all releases; one that is\nnot rolled back serves the whole hour.',
    table(bad, USUAL, full),
    '## Bad releases, at one rate of false rollbacks',
    matchedText(report),
    table(bad, TUNED, brief),
    '## Good enough to go on',
    "Per cent called good enough, after a step of ten minutes at least / median minutes to it. In the\nsecond half of the table that is a mistake: the candidate is bad, or will be. Argo and Flagger go on\nby their schedule, whatever the evidence; of the two, Argo's ten minutes are shown.",
    table([...good, ...bad], USUAL.slice(0, 3), promotion),
    ...alonePart(report),
    limitPart(report),
    '## A candidate that reports nothing',
    'The sequential judge and Kayenta say `unmeasurable` and leave what follows to the release; the\nothers roll back.',
    table(silent, USUAL, brief),
    '',
  ].join('\n\n');
}

function introduction(
  { replicates, ofBad, seed, cost, seconds }: Report,
  broken: readonly string[],
): string {
  const machine = `${cpus()[0]?.model.trim() ?? 'unknown'}, Node ${process.version}, one core`;
  const rate = Math.round(cost.verdictsPerSecond / 1000);
  return `# The judge's benchmark

Written by \`npm run bench:judge -- --replicates ${replicates} --bad ${ofBad} --seed ${seed}\` in ${Math.round(seconds)} s on ${machine}.
What the judges are and what they assume is in [judge.md](judge.md).

${replicates} releases of each good kind and ${ofBad} of each bad one; an hour each, 600 requests a minute and four pods a side, 0.5% errors, unless
the scenario says otherwise. All judges see the same releases. The sequential judge sees windows of a
second for three minutes, of 15 s after that, and the stable for ten minutes before; the others see a
point a minute.

![bad requests served, and good releases rolled back](judge-benchmark.svg)

Bounds: ${broken.length === 0 ? 'all held.' : `**broken**: ${broken.join('; ')}.`}

Cost: ${cost.windows} windows, each with errors, latency and pods, are judged in
${cost.judgementMs.toFixed(0)} ms (8 or 10 alternatives in each of 4 tests); ${rate},000 windows a second taken with a verdict
for each; the evidence is ${cost.evidenceBytes} bytes of JSON; ${cost.heapMb.toFixed(0)} MB of heap.`;
}

function matchedText({ tuned, matchedRate }: Report): string {
  return `Every judge is tuned to roll back ${percent(matchedRate)}% of the releases of \`null\` (releases of their own),
which for the peers means that they know the true error rate: Argo fails a minute at
${percent(tuned.argoErrorRate)}% errors, Flagger at ${percent(tuned.flaggerErrorRate)}%, Kayenta's interval has the quantile
${tuned.kayentaQuantile.toFixed(2)}, and the sequential judge's alpha is ${tuned.sequentialAlpha.toFixed(3)}. \`one minute\` is no product: a rule
that rolls back at the first minute with ${percent(tuned.onceErrorRate)}% errors. It shows what knowing the true
rate is worth, and the first table what it costs when the rate is not what it was. Per cent rolled
back / median minutes / bad requests.`;
}
