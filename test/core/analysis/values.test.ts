// What is kept of a side: what the config asks for, whatever else its pods' pages say.
import { expect, test } from '@jest/globals';
import { valuesOf } from '../../../core/analysis/values.ts';
import { instant } from '../../../core/base/vocabulary.ts';
import type { Reading } from '../../../core/cluster/observation.ts';
import type { Pod } from '../../../core/kubernetes/objects.ts';
import { breakerKey } from '../../../core/metrics/page/gauges.ts';
import type { Trigger } from '../../../core/triggers/kinds/registry.ts';

const POD = { metadata: { name: 'p' }, spec: { containers: [] } } as unknown as Pod; // its name is enough

/** As a page would tell it that names ten thousand breakers, and one after a secret. */
const gauges = Object.fromEntries(
  [...Array.from({ length: 10_000 }, (_, at) => `made-up-${at}`), 's3cr3t', 'psp'].map((name) => [
    breakerKey(name, 'open'),
    1,
  ]),
);
const reading = { kind: 'counted', at: instant(0), gauges } as unknown as Reading; // nothing else is read

function kept(triggers: readonly Trigger[]): string[] {
  const readings = new Map([['p', reading]]);
  const asked = { metrics: [], triggers };
  const values = valuesOf('candidate', [POD], readings, new Map(), {}, asked, instant(0));
  return Object.keys(values).filter((key) => key.startsWith('breaker/'));
}

test('of circuit breakers, those that a trigger names', () => {
  const trigger = { kind: 'dependency', name: 'payments', circuitBreaker: 'psp' };
  expect(kept([trigger as unknown as Trigger])).toEqual(['breaker/psp/open']); // as far as it is looked at
});

test('no circuit breaker that nobody asked for, however many there are', () => {
  expect(kept([])).toEqual([]);
});
