// Tests are ES modules, stripped of types by esbuild; everything else is Jest's default.
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test', '<rootDir>/embedded-cluster/test'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/test/support/esbuild-transform.cjs' },
  reporters: ['default', '<rootDir>/test/support/count-reporter.cjs'],
  testTimeout: 60_000,
  // Most of what takes long waits: more of them than the two cores that there are at least.
  maxWorkers: 3,
};
