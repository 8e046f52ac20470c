/** Jobs, and what starts them by the clock. */
import type { Kind } from '../../definitions/kind.ts';
import { admitJob, cronJobDefaults, cronJobFaults, jobDefaults, jobFaults } from './jobs.ts';

export const CRON_JOBS: Kind = {
  group: 'batch',
  versions: ['v1'],
  kind: 'CronJob',
  plural: 'cronjobs',
  singular: 'cronjob',
  scope: 'Namespaced',
  shortNames: ['cj'],
  categories: ['all'],
  subresources: ['status'],
  generation: 'counted',
  defaults: cronJobDefaults,
  faults: cronJobFaults,
};

export const JOBS: Kind = {
  group: 'batch',
  versions: ['v1'],
  kind: 'Job',
  plural: 'jobs',
  singular: 'job',
  selectableFields: ['status.successful'],
  scope: 'Namespaced',
  categories: ['all'],
  subresources: ['status'],
  generation: 'counted',
  defaults: jobDefaults,
  admit: admitJob,
  faults: jobFaults,
};
