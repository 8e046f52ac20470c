// Prints the one line that CI reads: `N passed, N failed`, last of all.
module.exports = class CountReporter {
  onRunComplete(_contexts, results) {
    // A file that does not even load has no failed test in it, and must still count as a failure.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests > 0 ? `, ${results.numPendingTests} skipped` : '';
    const line = `${results.numPassedTests} passed, ${failed} failed${skipped}\n`;
    // Jest prints its own summary after this hook.
    process.once('exit', () => process.stdout.write(line));
  }
};
