// The environment of the fast tests in the copy. Without a mutant it notes which test reaches which; with
// one it runs the tests that reach it, and none any more after the first that fails.
const { mkdirSync, writeFileSync } = require('node:fs');
const { relative } = require('node:path');
const { TestEnvironment } = require('jest-environment-node');

const { MUTANTS_REACHED: folder } = process.env;

module.exports = class extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    this.file = relative(config.globalConfig.rootDir, context.testPath);
    this.millis = {};
    this.asked = globalThis.mutation;
    this.titles = this.asked?.tests.find(({ file }) => file === this.file)?.titles;
    this.stryker().activeMutant = this.asked?.mutant;
  }

  handleTestEvent({ name, test }) {
    if (name === 'test_start') {
      this.started = Date.now();
      this.stryker().currentTestId = titleOf(test);
      const isOver = this.hasFailed || this.asked?.killer !== undefined;
      if (isOver || (this.titles && !this.titles.includes(titleOf(test)))) test.mode = 'skip';
    } else if (name === 'test_done') {
      this.stryker().currentTestId = undefined;
      this.millis[titleOf(test)] = Date.now() - this.started;
      if (test.errors.length > 0 && !this.hasFailed) this.failed(titleOf(test));
    }
  }

  failed(title) {
    this.hasFailed = true;
    if (this.asked) this.asked.killer ??= { file: this.file, title };
  }

  async teardown() {
    if (folder && !this.hasFailed) {
      const { static: always = {}, perTest = {} } = this.stryker().mutantCoverage ?? {};
      const reached = Object.entries(perTest).map(([title, ids]) => [title, Object.keys(ids)]);
      const told = {
        file: this.file,
        always: Object.keys(always),
        reached: Object.fromEntries(reached),
        millis: this.millis,
      };
      mkdirSync(folder, { recursive: true });
      writeFileSync(`${folder}/${encodeURIComponent(this.file)}.json`, JSON.stringify(told));
    }
    await super.teardown();
  }

  stryker() {
    this.global.__stryker__ ??= {};
    return this.global.__stryker__;
  }
};

function titleOf(test) {
  const names = [];
  for (let each = test; each.parent; each = each.parent) names.unshift(each.name);
  return names.join(' ');
}
