// Puts the mutants that are tried into the copy, each behind a switch of its own.
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

/** Every mutant of these folders; nothing is written. */
export async function mutantsIn(tree, folders) {
  const names = folders.flatMap((folder) =>
    readdirSync(join(tree, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name)),
  );
  return (await instrumented(tree, names.sort(), () => true)).mutants;
}

/** Writes the switches of these alone: with those of all mutants the tests take several times as long. */
export async function switchable(tree, wanted) {
  const placesIn = (name) =>
    wanted.filter(({ file }) => file === name).map((each) => each.location);
  const names = [...new Set(wanted.map(({ file }) => file))];
  const { mutants, files } = await instrumented(tree, names, placesIn);
  for (const { name, content } of files) writeFileSync(name, content);
  const ids = new Map(mutants.map((mutant) => [identity(mutant), mutant.id]));
  return wanted.map((mutant) => ({ ...mutant, id: ids.get(identity(mutant)) }));
}

async function instrumented(tree, names, rangesOf) {
  const files = names.map((name) => ({
    name: join(tree, name),
    mutate: rangesOf(name),
    content: readFileSync(join(tree, name), 'utf8'),
  }));
  const before = new Map(files.map(({ name, content }) => [name, content.split('\n')]));
  const result = await new Instrumenter(LOGGER).instrument(files, OPTIONS);
  const mutants = result.mutants
    .filter(({ status }) => status === undefined)
    .map(({ id, fileName, mutatorName, replacement, location }) => {
      const file = fileName.slice(tree.length + 1);
      const { line, column } = location.start;
      const source = before.get(fileName)?.[line]?.trim() ?? '';
      const key = `${file} ${source} ${column} ${mutatorName} ${replacement}`;
      return { id, file, line: line + 1, location, mutator: mutatorName, replacement, source, key };
    });
  return { mutants, files: result.files };
}

function identity({ key, location }) {
  return `${key} ${JSON.stringify(location)}`;
}
