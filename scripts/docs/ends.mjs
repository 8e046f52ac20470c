// docs/ends.md: every way in which a release ends, from core/report/ends.
import { code, exportsOf, table } from './source.mjs';

const FACTS = { service: 'payment-service', from: 'v1.1.0', to: 'v1.2.0' };
const COUNTS = { to: { requests: 32, errors: 6 }, from: { requests: 102, errors: 0 } };

export async function endsPage() {
  const { ENDINGS } = await exportsOf('core/report/ends/sentence.ts');
  const { CHECK_ENDS } = await exportsOf('core/report/ends/of-refusals.ts');
  const checks = Object.entries(CHECK_ENDS).map(([name, end]) => [`preflight-${name}`, end]);
  const rows = [...Object.entries(ENDINGS), ...checks].map(([name, { says, next, proof }]) => [
    `<a id="${name}"></a>${code(name)}`,
    says({ ...FACTS, counts: COUNTS }),
    next,
    proof.map((each) => PROOFS[each]).join(', '),
  ]);
  return `# Ends

Why a release ended, as the results \`code\`, \`sentence\` and \`next\` of conclude and of the Pipeline, the
fields of the same names in the [log](log-events.md), and [notifications](notifications.md) say it. The codes are a
closed list: metrics, alerts and scripts may rest on them. Sentences end with how and after what time: \`v1.2.0
answered 18.8% of requests with errors (6 of 32), v1.1.0 0% (0 of 102): rolled back after 9s\`. This page is made
from \`core/report/ends\` by \`npm run docs\`.

${table(['code', 'sentence, without how it ended', 'what to do next', 'evidence'], rows)}
`;
}

const PROOFS = {
  detail: 'the cause in full',
  counts: 'requests and errors of both versions, and the rule that decided',
  lost: 'requests that failed',
  others: 'who changed what',
  moved: 'how traffic was seen to move',
};
