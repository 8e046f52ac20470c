import { describe, expect, test } from '@jest/globals';
import { instant, releaseId, type StrategyName } from '../../../core/base/vocabulary.ts';
import { findSubject } from '../../../core/cluster/subject.ts';
import type { Service } from '../../../core/kubernetes/network-objects.ts';
import type { Deployment } from '../../../core/kubernetes/workload-objects.ts';
import { type Planned, planRelease } from '../../../core/plan/planning.ts';
import { APP, deployment, REPOSITORY, service, template } from '../support/objects.ts';
import { settingsFor } from '../support/play.ts';

const BLUE = { app: APP, version: 'blue' };
const GREEN = { app: APP, version: 'green' };

function find(own: Service | undefined, deployments: Deployment[], wanted = {}) {
  const nobody = { name: undefined, container: undefined };
  return findSubject(APP, 'default', own, deployments, { ...nobody, ...wanted });
}

function plan(
  deployments: Deployment[],
  own: Service,
  strategy: StrategyName = 'blue-green',
  more: { tag?: string; preview?: Service } = {},
): Planned {
  const found = find(own, deployments);
  if (found.kind === 'not-found') throw new Error(found.why);
  return planRelease({
    release: releaseId('r'),
    at: instant(0),
    settings: settingsFor(strategy),
    subject: found.subject,
    image: { reference: `${REPOSITORY}:${more.tag ?? 'v2'}`, tag: 'v2', digest: undefined },
    metrics: { kind: 'none', why: '' },
    pods: [],
    others: new Map(),
    deployments,
    previewService: more.preview,
  });
}

describe('finding what is behind a service', () => {
  const blue = deployment('payment-service-blue', 'v1', BLUE);

  test.each([
    ['no service', undefined, [blue], {}, 'service payment-service not found'],
    ['no selector', service({}), [blue], {}, 'has no selector'],
    ['nothing behind it', service(GREEN), [blue], {}, 'app=payment-service,version=green'],
    ['the wrong name', service(BLUE), [blue], { name: 'x' }, 'workload x (workload.name)'],
    ['the wrong container', service(BLUE), [blue], { container: 'x' }, 'has no container x'],
    [
      'several workloads',
      service({ app: APP }),
      [blue, deployment('payment-service-green', 'v1', GREEN)],
      {},
      'several workloads (payment-service-blue runs payment-service:v1 of no release, payment-service-green runs',
    ],
  ])('says so: %s', (_name, own, deployments, wanted, why) => {
    expect(find(own, deployments, wanted)).toMatchObject({
      kind: 'not-found',
      why: expect.stringContaining(why),
    });
  });

  test('a colour that is scaled to zero is not behind the service', () => {
    const green = deployment('payment-service-green', 'v1', GREEN, 0);
    expect(find(service({ app: APP }), [green, blue])).toMatchObject({
      kind: 'found',
      subject: { deployment: { metadata: { name: 'payment-service-blue' } }, port: 8080 },
    });
  });
});

describe('planning blue-green', () => {
  const blue = deployment('payment-service-blue', 'v1', BLUE);

  test('the candidate is a copy of the stable in the other colour, with the new image', () => {
    const planned = plan([blue], service(BLUE));
    expect(planned).toMatchObject({
      kind: 'planned',
      plan: {
        strategy: 'blue-green',
        floor: 3,
        stable: { name: 'payment-service-blue', replicas: 3 },
        candidate: {
          name: 'payment-service-green',
          selector: { matchLabels: GREEN },
          template: template('v2', GREEN),
        },
        selectors: { stable: BLUE, candidate: GREEN },
        previewService: 'payment-service-preview',
      },
    });
  });

  test('what keeps pods apart by colour is recoloured with them', () => {
    const apart = structuredClone(blue);
    apart.spec.template.spec.affinity = {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { labelSelector: { matchLabels: BLUE }, topologyKey: 'kubernetes.io/hostname' },
        ],
      },
    };
    const planned = plan([apart], service(BLUE));
    expect(JSON.stringify(planned)).toContain('"affinity":{"podAntiAffinity"');
    const [, affinity = ''] = JSON.stringify(planned).split('"candidate":{');
    expect(affinity).toContain('"matchLabels":{"app":"payment-service","version":"green"}');
  });

  test('a release goes from green to blue as well as from blue to green', () => {
    const green = deployment('payment-service-green', 'v1', GREEN);
    const planned = plan(
      [green, deployment('payment-service-blue', 'v0', BLUE, 0)],
      service(GREEN),
    );
    expect(planned).toMatchObject({
      plan: { candidate: { name: 'payment-service-blue', before: { replicas: 0 } } },
    });
  });

  test('the running image is no release', () => {
    expect(plan([blue], service(BLUE), 'blue-green', { tag: 'v1' })).toMatchObject({
      kind: 'unchanged',
    });
  });

  const plain = deployment('payment-service', 'v1', { app: APP });
  const strange = deployment('payment-service-green', 'v1', { app: 'other', version: 'green' }, 0);
  const theirs: Service = { ...service(GREEN), metadata: { name: 'payment-service-preview' } };
  test.each([
    ['pods of several revisions', [plain], service({ app: APP }), {}, 'not of one revision'],
    [
      'a selector of nothing but a colour',
      [blue],
      service({ version: 'blue' }),
      {},
      'needs a label',
    ],
    ['another deployment in the way', [blue, strange], service(BLUE), {}, 'is in the way'],
    ["somebody's preview", [blue], service(BLUE), { preview: theirs }, 'no release made it'],
  ])('is refused for %s', (_name, deployments, own, more, why) => {
    expect(plan(deployments, own, 'blue-green', more)).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining(why),
    });
  });

  test('rolling needs no colour', () => {
    expect(plan([plain], service({ app: APP }), 'rolling')).toMatchObject({
      kind: 'planned',
      plan: { strategy: 'rolling', workload: { name: 'payment-service' }, maxSurge: '25%' },
    });
  });
});
