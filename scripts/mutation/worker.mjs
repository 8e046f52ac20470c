// Runs tests in one process, one mutant after the other: a Jest that is warm takes half the time of a new one.
import { runCLI } from 'jest';

const QUIETLY = { runTestsByPath: true, runInBand: true, silent: true, reporters: [], $0: 'jest' };

process.on('message', async ({ tree, tests, mutant }) => {
  // The environment of the tests reads it, in this same process (environment.cjs).
  globalThis.mutation = { tests, mutant, killer: undefined };
  const passes = async (files) =>
    files.length === 0 || (await runCLI({ ...QUIETLY, _: files }, [tree])).results.success;
  // The nearest alone: mostly it is enough, and Jest's own way to stop at a failure ends the process.
  const [nearest, ...others] = tests.map(({ file }) => file);
  const isKilled = !(await passes([nearest])) || !(await passes(others));
  process.send({ isKilled, killer: globalThis.mutation.killer });
});
