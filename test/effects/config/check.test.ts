import { describe, expect, test } from '@jest/globals';
import { RELEASE_CONFIG_SCHEMA } from '../../../core/config/schema.ts';
import { readDocument } from '../../../effects/base/document.ts';
import { compileCheck } from '../../../effects/config/check.ts';

const check = compileCheck(RELEASE_CONFIG_SCHEMA);
const HEAD = 'apiVersion: release.zero-downtime.dev/v1\nkind: ReleaseConfig\n';

function faultsOf(yaml: string): string[] {
  const document = readDocument(`${HEAD}${yaml}`);
  return check(document.value).map(
    ({ path, message }) => `${document.lineOf(path)} ${path} ${message}`,
  );
}

describe('a release config', () => {
  test('every kind of key is accepted', () => {
    expect(
      faultsOf(`
workload: {name: payment-service-blue, container: app}
image: {repository: "registry.example:5000/payment-service"}
strategy:
  type: blue-green
  rolling: {maxSurge: 1, monitoring: 1m}
  blueGreen: {monitoring: 5m, preview: {service: try-it}}
drain:
  hook: {port: 8080, path: /drain, method: POST}
  minDuration: 5s
  maxDuration: 60s
  confirm: {header: x-app-version, path: /}
preflight: {ignore: [{check: no-pdb, reason: one node, expires: "2027-01-01"}]}
analysis: {pods: {port: 8080, path: /metrics}}
rollback: {triggers: [{metric: error_rate, operator: gt, value: 5%, duration: 10s, minRequests: 5}]}
limits: {maxDuration: 30m, readyTimeout: 5m}
smoke:
  - {name: pay, method: POST, path: /payments, body: "{}", headers: {a: b}, timeout: 2s, expect: {status: 201, contains: accepted}}
notifications:
  - {type: webhook, urlFile: webhook-url, events: [failed]}
  - {type: webhook, url: "https://example.com/hook"}
`),
    ).toEqual([]);
  });

  test.each([
    ['strategi: {}', '3 /strategi is not a known key; did you mean strategy?'],
    [
      'strategy: {type: blue-gren}',
      '3 /strategy/type must be one of rolling, blue-green, canary, blue-green-with-canary; did you mean blue-green?',
    ],
    [
      'limits:\n  maxDuration: 5 minutes',
      '4 /limits/maxDuration is not a duration: write 90s, 5m or 1h30m',
    ],
    ['drain: {hook: {port: 8080}}', '3 /drain/hook lacks path'],
    ['drain: {hook: {path: drain}}', '3 /drain/hook/path does not match ^/'],
    ['limits: []', '3 /limits must be object, is a list of 0'],
    [
      'rollback:\n  triggers:\n    - {metric: error_rate, operator: gt, value: 5%, duration: lots}',
      '5 /rollback/triggers/0/duration is not a duration: write 90s, 5m or 1h30m',
    ],
    ['notifications: [{type: webhook}]', '3 /notifications/0 needs exactly one of url and urlFile'],
    ...['/etc/passwd', '../token', 'a/../../token', '..', '""', '.'].flatMap((file) =>
      [
        [
          'analysis/providers/prometheus/tokenFile',
          `analysis: {providers: {prometheus: {address: http://p, tokenFile: ${file}}}}`,
        ],
        [
          'analysis/providers/prometheus/caFile',
          `analysis: {providers: {prometheus: {address: http://p, caFile: ${file}}}}`,
        ],
        [
          'analysis/metrics/0/tokenFile',
          `analysis: {metrics: [{name: m, provider: http-json, url: http://a, path: $.a, max: 1, tokenFile: ${file}}]}`,
        ],
        [
          'analysis/metrics/0/caFile',
          `analysis: {metrics: [{name: m, provider: http-json, url: http://a, path: $.a, max: 1, caFile: ${file}}]}`,
        ],
        ['notifications/0/urlFile', `notifications: [{type: webhook, urlFile: ${file}}]`],
      ].map(
        ([path, yaml]) =>
          [
            `${yaml}`,
            `3 /${path} names a file: it must be a path inside its workspace, without ".."`,
          ] as [string, string],
      ),
    ),
    ...['smoke', 'analysis: {metrics', 'rollback: {triggers', 'preflight: {ignore'].map(
      (list): [string, string] => {
        const path = list.replace(': {', '/');
        const entry = {
          smoke: '{name: a, path: /}',
          'analysis/metrics': '{name: m, provider: pods, series: s, max: 1}',
          'rollback/triggers': '{health: restarts}',
          'preflight/ignore': '{check: keeper, reason: x}',
        }[path];
        const entries = Array(51).fill(entry).join(', ');
        return [
          `${list}: [${entries}]${list.includes('{') ? '}' : ''}`,
          `3 /${path} has more than 50 entries`,
        ];
      },
    ),
    [
      `notifications: [${Array(21).fill('{type: webhook, url: http://a}').join(', ')}]`,
      '3 /notifications has more than 20 entries',
    ],
    [
      'strategy: {rolling: {maxSurge: some}}',
      '3 /strategy/rolling/maxSurge must be a whole number or a percentage',
    ],
    [
      'smoke: [{name: a, path: /, expect: {status: 42}}]',
      '3 /smoke/0/expect/status must be >= 100',
    ],
  ])('%j', (yaml, fault) => {
    expect(faultsOf(yaml)).toEqual([fault]);
  });

  test('all faults come at once', () => {
    expect(
      faultsOf('strategi: {}\nlimits: {maxDuration: soon}\nsmoke: [{name: a}]\nimage: {repo: x}'),
    ).toHaveLength(4);
  });

  test('every key that names a file refuses one outside of its workspace', () => {
    const files = keysIn(RELEASE_CONFIG_SCHEMA).filter(([key]) => key.endsWith('File'));
    expect(files.length).toBeGreaterThan(8);
    for (const [key, schema] of files)
      expect({ key, schema }).toMatchObject({ schema: { format: 'file' } });
  });

  test('what is no YAML is said with its line', () => {
    const { faults } = readDocument('a: b\nc: [d\n');
    expect(faults[0]?.message).toMatch(/^line [23]: /);
  });

  test('what is no release config is said to be none', () => {
    expect(check('text')).toEqual([
      { path: '/', message: 'must be object, is a text of 4 characters' },
    ]);
    expect(check(null)).toEqual([{ path: '/', message: 'must be object, is null' }]);
  });
});

/** Every key of the schema, at whatever depth, with what it may be. */
function keysIn(schema: unknown): [string, unknown][] {
  const { properties = {}, items } = Object(schema);
  const own = Object.entries(properties);
  return [...own, ...own.flatMap(([, each]) => keysIn(each)), ...(items ? keysIn(items) : [])];
}
