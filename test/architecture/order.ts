/**
 * The house as data: which folder may import which. Everything is listed from the ground up, and a
 * folder imports only what stands before it. test/architecture/imports.test.ts enforces it.
 */

/** Which other top-level folders each may import; packages are allowed to all but core. */
export const TOP: Readonly<Record<string, readonly string[]>> = {
  core: [],
  effects: ['core'],
  steps: ['core', 'effects'],
  tools: ['core', 'effects'],
  fuzz: ['core', 'effects', 'embedded-cluster'],
  benchmarks: ['core'],
  'embedded-cluster': [],
  demo: ['embedded-cluster'],
  verification: ['core', 'effects', 'steps', 'embedded-cluster', 'demo'],
};

/** Packages that core may name all the same, by file, and why. */
export const PACKAGES_OF_CORE: Readonly<Record<string, readonly [name: string, why: string]>> = {
  'core/base/from-schema.ts': [
    'json-schema-to-ts',
    'types alone: nothing of it is left when built',
  ],
};

/** A file for each entry of a registry: as many as there are entries, be they more than twelve. */
export const CATALOGUES: readonly string[] = ['core/strategies/two-sided/phases', 'fuzz/targets'];

/** The rooms of a folder. Files that lie beside them may import all of them. */
export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  core: [
    'base', // ids, instants, durations, images, shares
    'kubernetes', // the shapes of Kubernetes objects, and how they are read
    'judge', // statistics: from windows of requests to a verdict
    'metrics', // what a metrics page or a provider says
    'triggers', // rollback conditions that a person has set
    'channels', // how people are told
    'security', // whether an image and its pods are fit to serve: findings, policy, decision
    'config', // the release config: schema, checks, settings
    'migration', // the database beside a release: files, what is done to it, what speaks against it
    'cluster', // what was observed, what may be done
    'routers', // what splits the traffic
    'plan', // what is to happen, and what things were like before
    'smoke', // what is asked of pods before they get traffic
    'analysis', // from measurements to an evaluation of the candidate
    'availability', // how many requests a release has lost
    'state', // where a release stands, and what has been confirmed
    'journal', // what outlives a process: journal, lease, commands
    'strategies', // the next transition of a release
    'forecast', // what a release would do
    'preflight', // what speaks against it beforehand
    'report', // how all of it reads
  ],
  effects: [
    'base', // clock, failures, bounded files and documents
    'http', // requests with limits
    'kube', // the API: requests, watches, a view of the cluster
    'expressions', // CEL, JSONPath and PromQL, bounded
    'config', // a release config from its file
    'context', // what a stage is given to reach the world
    'migration', // the database beside a release, and PostgreSQL's parser
    'measure', // metrics, smoke checks, probes
    'inputs', // what a plan is made from
    'ownership', // lease, journal, fence
    'tell', // the outbox: sends, tries again, marks
    'security', // reports, registries, signatures: what speaks for an image
    'beforehand', // what is asked before a release: which versions go together
    'driver', // from decisions to actions
    'stage', // the shell of a stage: options, results, exit codes
  ],
  'embedded-cluster': [
    'base', // clocks, real and virtual; chance
    'kubernetes', // kinds, the API, the store, the controllers
    'network', // addresses, and how a Service leads to pods
    'registry', // images, and the server that hands them out
    'node', // a kubelet: pods, containers, processes
    'mesh', // Istio and the Gateway API
    'tekton', // Tasks and Pipelines, run by pods
    'cluster', // all of it, started together
  ],
  verification: [
    'world',
    'neighbours',
    'scenarios',
    'invariants',
    'simulation',
    'crash',
    'releases',
    'backfill', // what writers feel while rows are filled
    'migration',
  ],
};
