// What of a Service makes requests go other ways than its endpoints say.
import { expect, test } from '@jest/globals';
import type { Service } from '../../../core/kubernetes/network-objects.ts';
import { checkService } from '../../../core/preflight/service.ts';
import { APP, service } from '../support/objects.ts';
import { settingsFor } from '../support/play.ts';

function found(spec: Partial<Service['spec']>, config = {}): string[] {
  const plain = service({ app: APP });
  const findings = checkService(
    { ...plain, spec: { ...plain.spec, ...spec } },
    settingsFor('canary', config),
  );
  return findings.map(({ check, severity, message }) => `${severity} ${check} ${message}`);
}

test.each<[string, Partial<Service['spec']>, RegExp]>([
  [
    'pods that are not ready get requests',
    { publishNotReadyAddresses: true },
    /^refuse not-ready-addresses/,
  ],
  [
    'clients stay with their pods',
    { sessionAffinity: 'ClientIP' },
    /^warn session-affinity .*3h after .*no shares/,
  ],
  [
    'a node without new pods drops requests',
    { internalTrafficPolicy: 'Local' },
    /^warn local-traffic .*internalTrafficPolicy/,
  ],
  [
    'from outside likewise',
    { externalTrafficPolicy: 'Local' },
    /^warn local-traffic .*externalTrafficPolicy/,
  ],
  ['a load balancer learns late', { type: 'LoadBalancer' }, /^warn load-balancer/],
])('%s', (_, spec, expected) => {
  expect(found(spec)).toEqual([expect.stringMatching(expected)]);
});

test('a headless Service is told of only where its address would be asked', () => {
  expect(found({ clusterIP: 'None' })).toEqual([]);
  const confirm = { drain: { confirm: { header: 'x-version' } } };
  expect(found({ clusterIP: 'None' }, confirm)).toEqual([expect.stringMatching(/^warn headless/)]);
});

test('an ordinary one is not spoken of', () => {
  expect(found({ sessionAffinity: 'None', internalTrafficPolicy: 'Cluster' })).toEqual([]);
});
