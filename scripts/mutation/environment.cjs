// The environment of the fast tests in the copy. Without a mutant it notes which test reaches which; with
// one it runs the tests that reach it, and none any more after the first that fails.
const { mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { TestEnvironment } = require('jest-environment-node');

const { MUTANTS_REACHED: folder, MUTANT_TESTS: chosen, MUTANT_KILLER: killer } = process.env;

module.exports = class extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    this.file = context.testPath;
    this.millis = {};
    const tests = chosen ? JSON.parse(readFileSync(chosen, 'utf8')) : {};
    this.only = tests[this.file];
  }

  handleTestEvent({ name, test }) {
    if (name === 'test_start') {
      this.started = Date.now();
      this.stryker().currentTestId = titleOf(test);
      if (this.hasFailed || (this.only && !this.only.includes(titleOf(test)))) test.mode = 'skip';
    } else if (name === 'test_done') {
      this.stryker().currentTestId = undefined;
      this.millis[titleOf(test)] = Date.now() - this.started;
      if (test.errors.length > 0 && !this.hasFailed) this.failed(titleOf(test));
    }
  }

  failed(title) {
    this.hasFailed = true;
    if (killer) writeFileSync(killer, JSON.stringify({ file: this.file, title }));
  }

  async teardown() {
    if (folder) {
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
