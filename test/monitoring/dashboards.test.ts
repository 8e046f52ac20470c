// Every panel of every dashboard shows something: its queries are asked of a real Prometheus that has the rules, and
// scrapes what the product writes of releases, beside what services, pods and circuit breakers say of themselves.
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { instant } from '../../core/base/vocabulary.ts';
import { exposition } from '../../core/report/figures/exposition.ts';
import { familiesOf } from '../../core/report/figures/families.ts';
import { releasedIn } from '../../core/report/figures/released.ts';
import { auditEntry } from '../core/support/audit-entry.ts';
import { fromDebian } from '../support/from-debian.ts';
import { type RunningPrometheus, runPrometheus } from '../support/prometheus.ts';

const MONITORING = resolve(import.meta.dirname, '../../manifests/monitoring');
const FOLDER = join(MONITORING, 'dashboards');

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly targets: readonly { expr: string }[];
  }[];
}
const queries = readdirSync(FOLDER).flatMap((name) => {
  const { panels } = JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Dashboard; // held below
  return panels.flatMap(({ title, targets }) =>
    targets.map(
      ({ expr }) => [name, title, expr.replaceAll(/\$(namespace|service)/g, '.*')] as const,
    ),
  );
});

/** Twenty releases of two services, of which every fourth was turned back. */
function releases(now: number): string {
  const entries = Array.from({ length: 20 }, (_, nth) =>
    auditEntry(`run-${nth}`, instant(now - (20 - nth) * 3_600_000), {
      service: nth % 2 === 0 ? 'pay' : 'book',
      ...(nth % 4 === 0 ? { outcome: 'rolled-back', code: 'errors' } : {}),
    }),
  );
  const { released } = releasedIn(entries);
  return exposition(familiesOf(released, { from: instant(now - 86_400_000), to: instant(now) }));
}

const POD = 'namespace="shop",pod="a"';
const of = (service: string) => `namespace="shop",service="${service}",pod="a"`;
const others = (count: number): string => `
http_requests_total{${of('pay')},status="200"} ${count * 9}
http_requests_total{${of('pay')},status="500"} ${count}
http_requests_total{${of('book')},status="200"} ${count}
http_request_duration_seconds_bucket{${of('pay')},le="0.1"} ${count * 9}
http_request_duration_seconds_bucket{${of('pay')},le="+Inf"} ${count * 10}
kube_pod_status_ready{${POD},condition="true"} 1
kube_pod_labels{${POD},label_app_kubernetes_io_name="pay",label_app_kubernetes_io_version="v1"} 1
resilience4j_circuitbreaker_state{${POD},name="ledger",state="open"} 1
resilience4j_circuitbreaker_failure_rate{${POD},name="ledger"} 40
resilience4j_circuitbreaker_slow_call_rate{${POD},name="ledger"} 5
`;

const binary = fromDebian('prometheus');
if (binary === undefined) process.stdout.write('no Prometheus: apt-get cannot install one here\n');
const some = binary === undefined ? describe.skip : describe;

some('a dashboard', () => {
  let page: Server;
  let prometheus: RunningPrometheus;

  beforeAll(async () => {
    let scrapes = 0;
    page = createServer((_, response) => {
      scrapes += 1;
      response.end(`${releases(Date.now())}${others(scrapes)}`);
    });
    await new Promise<void>((listens) => page.listen(0, '127.0.0.1', listens));
    const { port } = page.address() as AddressInfo; // it listens on a port
    const targets = [`127.0.0.1:${port}`];
    const job = { job_name: 'all', honor_labels: true, static_configs: [{ targets }] };
    prometheus = await runPrometheus(binary ?? '', [job], 500, [join(MONITORING, 'rules.yaml')]);
  });
  afterAll(async () => {
    page.close();
    await prometheus.stop();
  });

  const ask = async (query: string): Promise<readonly { value: [number, string] }[]> => {
    const answer = await fetch(
      `${prometheus.address}/api/v1/query?query=${encodeURIComponent(query)}`,
    );
    const { data, error } = JSON.parse(await answer.text()) as {
      data?: { result: [] };
      error?: string;
    };
    if (error !== undefined) throw new Error(error);
    return data?.result ?? [];
  };

  test.each(queries)('%s, %s: %s', async (_file, _title, query) => {
    for (;;) {
      const found = await ask(query);
      if (found.length === 0) await sleep(100);
      else return expect(found.every(({ value }) => Number.isFinite(Number(value[1])))).toBe(true);
    }
  });
});

test('no dashboard has a panel without a query, or two with one id', () => {
  for (const name of readdirSync(FOLDER)) {
    const { panels, uid } = JSON.parse(readFileSync(join(FOLDER, name), 'utf8'));
    expect(uid).toBe(`zero-downtime-${name.replace('.json', '')}`);
    expect(panels.length).toBeGreaterThan(2);
    for (const { targets } of panels) expect(targets.length).toBeGreaterThan(0);
    expect(new Set(panels.map(({ id }: { id: number }) => id)).size).toBe(panels.length);
  }
});
