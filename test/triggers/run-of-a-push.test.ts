import { describe, expect, test } from '@jest/globals';
import { paramsOf, runsOf, send, sinkOf } from '../../fuzz/pushes/installed.ts';
import { COMMIT, changing, created, hub, of, type Payload, tagged } from './pushes.ts';

describe('the run of a push', () => {
  const nameOf = (body: Payload) => runsOf(created('github', 'push', body))[0]?.metadata.name;

  test('has the same name however often the push is delivered, whatever the delivery is called', () => {
    expect(nameOf(of('github-push'))).toBe(
      `deploy-payment-service-${COMMIT.slice(0, 12)}-a10867b1`,
    );
    expect(nameOf(of('github-push'))).toBe(nameOf(of('github-push')));
    expect(nameOf(of('github-tag'))).toBe(`deploy-payment-service-v1-2-0-${COMMIT.slice(0, 12)}`);
  });

  test('has another name where the branch was moved from elsewhere, or later again', () => {
    const names = [
      hub(() => undefined),
      hub((body) => {
        body.before = '7'.repeat(40);
      }),
      hub((body) => {
        body.repository.pushed_at = 1_795_000_000;
      }),
      hub((body) => {
        body.repository.pushed_at = 1_795_000_060;
      }),
      tagged('v1.2.0'),
      tagged('v1.2.1'),
    ].map(nameOf);
    expect(new Set(names).size).toBe(names.length);
  });

  test('has a name that a PipelineRun may have, however long that of the service is', () => {
    const service = `a-service-with-a-name-of-${'x'.repeat(38)}`;
    const list = `repositories:\n  shop/payment-service: { preReleases: true, services: { ${service}: [] } }\n`;
    const sink = sinkOf('github', list);
    const long = hub((body) => {
      body.repository.pushed_at = 1_795_000_000;
    });
    for (const body of [long, tagged(`v1.${'0'.repeat(40)}.A_b`)]) {
      const [run] = runsOf(send(sink, 'github', 'push', body));
      expect(run?.metadata.name).toMatch(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])$/);
      expect(paramsOf(run)).toMatchObject({ 'service-name': service });
    }
  });

  test('says what becomes of it where a release is under way, as the list has it', () => {
    const concurrency = (body: Payload) =>
      paramsOf(runsOf(created('github', 'push', body))[0]).concurrency;
    expect(concurrency(of('github-push'))).toBe('queue');
    expect(concurrency(changing('shop/mono', 'services/cart/x.ts'))).toBe('supersede');
    expect(concurrency(changing('shop/Odd_Name.js', 'x.ts'))).toBe('refuse');
  });
});
