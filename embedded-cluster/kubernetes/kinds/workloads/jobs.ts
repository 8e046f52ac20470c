/** What the API fills into Jobs and CronJobs, and what it refuses in them. */
import { isDeepStrictEqual } from 'node:util';
import type { FailureCause } from '../../definitions/failure.ts';
import { invalid, missing, unsupported, when } from '../../definitions/field-faults.ts';
import type { DraftObject, KubeObject } from '../../store/object.ts';
import { type Fields, fieldsOf, filled, specOf, withSpec } from '../fields.ts';
import { podTemplateDefaults } from '../pods/pod-spec.ts';
import { parseSchedule } from './schedule.ts';
import { templateFaults } from './workloads.ts';

const RESTART_POLICIES = ['OnFailure', 'Never'];

export function jobDefaults(draft: DraftObject): DraftObject {
  const job = withSpec(draft, (spec) => {
    const single = spec.completions === undefined && spec.parallelism === undefined;
    return filled(
      { ...spec, template: podTemplateDefaults(fieldsOf(spec.template)) },
      {
        ...(single ? { completions: 1 } : {}),
        parallelism: 1,
        backoffLimit: 6,
        completionMode: 'NonIndexed',
        suspend: false,
        podReplacementPolicy: 'TerminatingOrFailed',
        manualSelector: false,
      },
    );
  });
  return { ...job, status: draft.status ?? {} };
}

/** A Job finds its pods by its own uid, unless it says how itself. */
export function admitJob(job: KubeObject): KubeObject {
  const spec = specOf(job);
  if (spec.manualSelector === true) return job;
  const { uid, name } = job.metadata;
  const labels = {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  };
  const template = fieldsOf(spec.template);
  const metadata = fieldsOf(template.metadata);
  return {
    ...job,
    // The API labels the Job as it labels its pods, if the Job has no labels of its own.
    metadata: { ...job.metadata, labels: job.metadata.labels ?? labels },
    spec: {
      ...spec,
      selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } },
      template: {
        ...template,
        metadata: { ...metadata, labels: { ...fieldsOf(metadata.labels), ...labels } },
      },
    },
  };
}

export function jobFaults(job: KubeObject, previous: KubeObject | undefined): FailureCause[] {
  const spec = specOf(job);
  return [
    ...templateFaults(spec, RESTART_POLICIES),
    ...['selector', 'template', 'completionMode'].flatMap((name) =>
      when(previous !== undefined && !isDeepStrictEqual(specOf(previous)[name], spec[name]), () =>
        invalid(`spec.${name}`, spec[name], 'field is immutable'),
      ),
    ),
  ];
}

export function cronJobDefaults(draft: DraftObject): DraftObject {
  const job = withSpec(draft, (spec) => {
    const template = fieldsOf(spec.jobTemplate);
    const inner = fieldsOf(template.spec);
    const filledTemplate: Fields = {
      metadata: {},
      ...template,
      spec: { ...inner, template: podTemplateDefaults(fieldsOf(inner.template)) },
    };
    return filled(
      { ...spec, jobTemplate: filledTemplate },
      {
        concurrencyPolicy: 'Allow',
        suspend: false,
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 1,
      },
    );
  });
  return { ...job, status: draft.status ?? {} };
}

export function cronJobFaults(job: KubeObject): FailureCause[] {
  const { schedule, concurrencyPolicy, jobTemplate } = specOf(job);
  const policies = ['Allow', 'Forbid', 'Replace'];
  const inner = fieldsOf(fieldsOf(jobTemplate).spec);
  return [
    ...(schedule === undefined || schedule === '' ? [missing('spec.schedule')] : []),
    ...when(typeof schedule === 'string' && schedule !== '' && !parseSchedule(schedule), () =>
      invalid('spec.schedule', schedule, 'expected five fields of cron, @hourly or @every 1h'),
    ),
    ...when(!policies.includes(String(concurrencyPolicy)), () =>
      unsupported('spec.concurrencyPolicy', concurrencyPolicy, policies),
    ),
    ...templateFaults(inner, RESTART_POLICIES).map((fault) => ({
      ...fault,
      ...(fault.field ? { field: fault.field.replace(/^spec/, 'spec.jobTemplate.spec') } : {}),
    })),
  ];
}
