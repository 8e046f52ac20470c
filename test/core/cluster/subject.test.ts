// A Service that cannot be released: what is said names what was found, and what to do.
import { expect, test } from '@jest/globals';
import { RELEASE_ANNOTATION } from '../../../core/cluster/ownership.ts';
import { findSubject } from '../../../core/cluster/subject.ts';
import type { Service } from '../../../core/kubernetes/network-objects.ts';
import { APP, deployment, pod, service } from '../support/objects.ts';

const LABELS = { app: APP };
const OLD = deployment(APP, 'v1', LABELS);
const NEW = deployment(`${APP}-green`, 'v2', { ...LABELS, version: 'green' });
const MARKED = {
  ...NEW,
  metadata: { ...NEW.metadata, annotations: { [RELEASE_ANNOTATION]: 'run-7' } },
};
const ASLEEP = deployment(APP, 'v1', LABELS, 0);
const ANY = { name: undefined, container: undefined };

function typed(type: string, selector?: Record<string, string>): Service {
  return { ...service({}), spec: { type, ...(selector ? { selector } : {}) } };
}

test.each([
  ['a name for something elsewhere', typed('ExternalName', LABELS), [OLD], /ExternalName/],
  ['no selector', typed('ClusterIP'), [OLD], /no selector.*somebody's own/],
  [
    'scaled to zero',
    service(LABELS),
    [ASLEEP],
    new RegExp(`deployment ${APP} .*scaled to zero: scale it up`),
  ],
  [
    'two workloads, of which one came back',
    service(LABELS),
    [OLD, MARKED],
    /runs payment-service:v1 of no release, .*-green runs payment-service:v2 of release run-7.*scale that one to zero/,
  ],
  [
    'a label that only live pods carry',
    service({ ...LABELS, role: 'leader' }),
    [OLD],
    /pod leader-1 carries these, but no pod template/,
  ],
])('%s', (_, found, deployments, why) => {
  const pods = [pod('leader-1', { ...LABELS, role: 'leader' }, 'x')];
  expect(findSubject(APP, 'default', found, deployments, ANY, [], pods)).toMatchObject({
    kind: 'not-found',
    why: expect.stringMatching(why),
  });
});
