// What is kept of a metrics page is its numbers: three hundred pods with large pages have to fit into
// the memory that the Task asks for.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { instant } from '../../../../core/base/vocabulary.ts';
import type { Pod } from '../../../../core/kubernetes/objects.ts';
import type { StageContext } from '../../../../effects/context/stage-context.ts';
import { readPod } from '../../../../effects/measure/metrics/pod.ts';

const PODS = 30;
const PAGE_MIB = 1;
const KEPT_AT_MOST_MIB = 10;
const WHERE = { kind: 'pods', port: 8080, path: '/metrics', probes: [] } as const;

function collected(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)(); // what that flag brings
  return process.memoryUsage().heapUsed / 2 ** 20;
}

/** Other bytes for each pod, so that nothing is shared between two answers. */
function pageOf(pod: number): string {
  const lines: string[] = [];
  for (let size = 0; size < PAGE_MIB * 2 ** 20; size += lines.at(-1)?.length ?? 0) {
    lines.push(
      `http_requests_bucket{pod="${pod}",uri="/api/v1/a-resource-${lines.length}",le="0.5"} 12`,
    );
  }
  lines.push(`http_requests_total{status="200",pod="${pod}",uri="/payments"} 5`);
  return Buffer.from(lines.join('\n')).toString();
}

test('thirty pages of a mebibyte leave no page in memory', async () => {
  const body = (url: string): string => pageOf(Number(/10\.0\.0\.(\d+)/.exec(url)?.[1]));
  const context = {
    ask: async ({ url }) => ({ kind: 'answered', status: 200, headers: {}, body: body(url) }),
    clock: { now: () => instant(0) },
  } as Partial<StageContext> as StageContext; // readPod uses these two
  const kept: unknown[] = [];
  const before = collected();
  for (let number = 0; number < PODS; number += 1) {
    const pod: Pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `pod-${number}` },
      spec: { containers: [] },
      status: { podIP: `10.0.0.${number}` },
    };
    kept.push(await readPod(context, pod, WHERE, []));
  }
  expect(kept[0]).toMatchObject({ families: [expect.anything()] });
  expect(collected() - before).toBeLessThan(KEPT_AT_MOST_MIB);
});
