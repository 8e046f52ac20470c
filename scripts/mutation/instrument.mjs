// Puts every mutant into the copy, each behind a switch of its own.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Instrumenter } from '@stryker-mutator/instrumenter';

const OPTIONS = {
  plugins: null,
  // Texts are for people: a message that reads otherwise is no harm that a test has to see.
  excludedMutations: ['StringLiteral'],
  ignorers: [],
  noHeader: false,
};
const quiet = () => undefined;
const LOGGER = {
  debug: quiet,
  info: quiet,
  warn: quiet,
  error: quiet,
  isDebugEnabled: () => false,
};

export async function mutantsIn(tree, folders) {
  const names = folders.flatMap((folder) =>
    readdirSync(join(tree, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name)),
  );
  const files = names.sort().map((name) => ({
    name: join(tree, name),
    mutate: true,
    content: readFileSync(join(tree, name), 'utf8'),
  }));
  const instrumented = await new Instrumenter(LOGGER).instrument(files, OPTIONS);
  for (const { name, content } of instrumented.files) writeFileSync(name, content);
  const before = new Map(files.map(({ name, content }) => [name, content.split('\n')]));
  return instrumented.mutants
    .filter(({ status }) => status === undefined)
    .map(({ id, fileName, mutatorName, replacement, location }) => {
      const file = fileName.slice(tree.length + 1);
      const { line, column } = location.start;
      const source = before.get(fileName)?.[line]?.trim() ?? '';
      const key = `${file} ${source} ${column} ${mutatorName} ${replacement}`;
      return { id, file, line: line + 1, mutator: mutatorName, replacement, source, key };
    });
}
