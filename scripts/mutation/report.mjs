// How many were noticed, by folder, and each that was not: on the terminal and as a page.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OUT, ROOT } from './tree.mjs';

/** So many of those that are not equivalent have to be noticed. */
const LEAST = { core: 0.85, effects: 0.85, steps: 0.8 };

/** Changes that change nothing, each with the reason; test/mutation/equivalent.json. */
const EQUIVALENT = JSON.parse(readFileSync(join(ROOT, 'test/mutation/equivalent.json'), 'utf8'));

export function report(results) {
  const isEquivalent = ({ key }) => EQUIVALENT.some((each) => each.key === key);
  const counted = results.filter((each) => !isEquivalent(each));
  const rows = Object.entries(LEAST).flatMap(([folder, least]) => {
    const own = counted.filter(({ file }) => file.startsWith(`${folder}/`));
    if (own.length === 0) return [];
    const killed = own.filter(({ status }) => status === 'killed' || status === 'timeout').length;
    return [{ folder, tried: own.length, killed, share: killed / own.length, least }];
  });
  const unnoticed = counted.filter(({ status }) => status === 'survived' || status === 'unreached');
  const page = pageOf(rows, unnoticed, results.length - counted.length);
  writeFileSync(join(OUT, 'report.md'), page);
  process.stdout.write(`\n${page}\n`);
  const killed = results.filter(({ status }) => status === 'killed' || status === 'timeout').length;
  process.stdout.write(`${killed} killed, ${unnoticed.length} unnoticed\n`);
  return rows.every(({ share, least }) => share >= least);
}

function pageOf(rows, unnoticed, equivalent) {
  const percent = (share) => `${(100 * share).toFixed(1)}%`;
  const table = rows.map(
    ({ folder, tried, killed, share, least }) =>
      `| ${folder} | ${tried} | ${killed} | ${percent(share)} | ${percent(least)} |`,
  );
  const list = unnoticed.map(
    ({ file, line, mutator, replacement, source, status, key }) =>
      `- \`${file}:${line}\` ${status}, ${mutator}\n  - was: \`${source}\`\n  - now: \`${replacement}\`\n  - key: ${JSON.stringify(key)}`,
  );
  return `# Mutants

| folder | tried | noticed | share | needed |
| ------ | ----- | ------- | ----- | ------ |
${table.join('\n')}

${equivalent} are equivalent (test/mutation/equivalent.json).

## Not noticed

${list.join('\n')}
`;
}
