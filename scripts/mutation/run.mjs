// One mutant is switched on, and the tests that reach it are run until one of them fails.
import { fork } from 'node:child_process';
import { join } from 'node:path';

const WORKER = join(import.meta.dirname, 'worker.mjs');

/** Every file of every run leaves something behind in Jest's process. */
const MOST_RUNS = 30;

/** Five times what its tests take without it, and their start: then it is an endless loop, or a wait that
 * nothing ends. */
const limitOf = (tests) => 30_000 + 5 * tests.reduce((sum, { millis }) => sum + millis, 0);

/** Tries mutants one after the other, in a process that is used again. */
export class Killer {
  #tree;
  #worker;
  #runs = 0;

  constructor(tree) {
    this.#tree = tree;
  }

  /** killed · survived · unreached: no test comes by · timeout: counts as killed. */
  async kill({ id }, tests) {
    if (tests.length === 0) return { status: 'unreached' };
    const answer = await this.#ask({ tree: this.#tree, tests, mutant: id }, limitOf(tests));
    if (answer === 'timeout') return { status: 'timeout' };
    if (!answer.isKilled) return { status: 'survived' };
    const { file, title } = answer.killer ?? { title: 'its import' };
    return { status: 'killed', by: title, where: file };
  }

  end() {
    this.#worker?.kill('SIGKILL');
    this.#worker = undefined;
    this.#runs = 0;
  }

  #ask(asked, limitMs) {
    if (this.#runs >= MOST_RUNS) this.end();
    this.#runs += 1;
    this.#worker ??= fork(WORKER, {
      cwd: this.#tree,
      execArgv: ['--experimental-vm-modules', '--no-warnings'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const worker = this.#worker;
    return new Promise((resolve) => {
      const settle = (answer) => {
        clearTimeout(timer);
        worker.removeAllListeners();
        resolve(answer);
      };
      const timer = setTimeout(() => {
        this.end();
        settle('timeout');
      }, limitMs);
      worker.once('message', settle);
      // What ends the whole process has been noticed.
      worker.once('exit', () => {
        this.end();
        settle({ isKilled: true });
      });
      worker.send(asked);
    });
  }
}
