/** What the Kubernetes API answers: objects, lists, watches, refusals. */
import type { KubernetesObject } from '../../core/kubernetes/objects.ts';
import { wallClock } from '../../effects/base/clock.ts';
import { StageFailure } from '../../effects/base/failure.ts';
import { createKube } from '../../effects/kube/client.ts';
import type { Transport } from '../../effects/kube/transport.ts';
import type { Target } from '../target.ts';

const POD = { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'a' };
const OBJECT: KubernetesObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } };

export const apiAnswer: Target = {
  name: 'api-answer',
  form: 'json',
  words: ['metadata', 'items', 'continue', 'resourceVersion', 'message', 'Status', 'kind', 'name'],
  read: async (text) => {
    const said: string[] = [];
    for (const status of [200, 409, 422]) {
      const transport: Transport = {
        send: async () => ({ status, retryAfterMs: undefined, text }),
        stream: async () => ({ status, retryAfterMs: undefined, text }),
      };
      const kube = createKube(transport, wallClock, new AbortController().signal);
      const asked: (() => Promise<unknown>)[] = [
        () => kube.get(POD),
        () => kube.create(OBJECT),
        () => kube.rehearse(OBJECT),
        () => kube.list({ kind: 'v1/Pod' }),
      ];
      for (const ask of asked) said.push(...(await refusalOf(ask)));
    }
    return said;
  },
  // The API's own words are shown, cut and on one line.
  mayTell: () => true,
};

async function refusalOf(ask: () => Promise<unknown>): Promise<string[]> {
  try {
    await ask();
    return [];
  } catch (thrown) {
    if (thrown instanceof StageFailure) return [thrown.message];
    throw thrown;
  }
}
