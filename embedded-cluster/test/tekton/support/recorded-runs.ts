// The runs that were recorded: how each was asked for, and what came of it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Story } from './story.ts';

const PIPELINE = 'waqiti-zero-downtime-deployment';

const GIVEN = [
  { name: 'service-name', value: 'payment-service' },
  { name: 'image-tag', value: 'v1.2.0' },
];

/** A run whose deploy step works for so many seconds, and then exits like that. */
export function recordedRun(name: string, seconds: string, exit = '0', spec: object = {}): object {
  const params = [...GIVEN, { name: 'seconds', value: seconds }, { name: 'exit', value: exit }];
  return {
    apiVersion: 'tekton.dev/v1',
    kind: 'PipelineRun',
    metadata: { name },
    spec: { pipelineRef: { name: PIPELINE }, params, ...spec },
  };
}

export const SEED_RUN = {
  apiVersion: 'tekton.dev/v1beta1',
  kind: 'PipelineRun',
  metadata: { name: 'deploy-payment-service' },
  spec: {
    pipelineRef: { name: PIPELINE },
    params: [
      ...GIVEN,
      { name: 'deployment-strategy', value: 'blue-green' },
      { name: 'namespace', value: 'default' },
    ],
  },
};

export function recordedStory(scenario: string): unknown {
  return JSON.parse(
    readFileSync(join(import.meta.dirname, '../recordings', `${scenario}.json`), 'utf8'),
  );
}

/**
 * While a stopped run waits for its last task, Tekton's scheduler stumbles over the tasks it has
 * itself skipped and tells of an internal error, again and again, instead of this.
 */
const NOT_TOLD_BY_TEKTON =
  /StoppedRunningFinally:? Tasks Completed: 1 \(Failed: 0, Cancelled 0\), Incomplete: 2, Skipped: 2/;

/** As it would have been recorded. */
export function asRecorded(story: Story): unknown {
  const text = JSON.stringify(story, (_field, value: unknown) =>
    Array.isArray(value) ? value.filter((line) => !NOT_TOLD_BY_TEKTON.test(line)) : value,
  );
  return JSON.parse(text);
}
