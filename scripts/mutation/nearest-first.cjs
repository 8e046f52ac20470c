// Runs test files in the order in which they are given: the nearest to the mutant first.
const { readFileSync } = require('node:fs');
const { default: Sequencer } = require('@jest/test-sequencer');

module.exports = class extends Sequencer {
  sort(tests) {
    const { MUTANT_TESTS: chosen } = process.env;
    if (!chosen) return super.sort(tests);
    const order = Object.keys(JSON.parse(readFileSync(chosen, 'utf8')));
    return [...tests].sort((a, b) => order.indexOf(a.path) - order.indexOf(b.path));
  }
};
