// A release config, and the files beside it, come from a repository: they can neither hurt a stage nor
// reveal anything. The hostile cases against the stages as they are built, their output, memory and time.
import { symlinkSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { measureStage } from '../support/stage.ts';
import { metric, Paying, REQUEST, SECRET, whileServing } from './paying.ts';

let paying: Paying;

beforeAll(async () => {
  paying = await Paying.start();
});
afterEach(() => paying.settle());
afterAll(() => paying.stop());

describe('files', () => {
  test('a, nn: a release config that is a link to a token is refused', async () => {
    symlinkSync(join(paying.folder, 'token'), join(paying.folder, 'config', 'release.yaml'));
    const run = await paying.preValidation({ 'config-dir': join(paying.folder, 'config') });
    paying.expectHarmless(run);
    expect(run.exitCode).toBe(2);
    expect(run.stdout).toContain('release.yaml is a symbolic link that leads out of its workspace');
  });

  test.each(['../token', '../config/../token', '/etc/passwd'])(
    'v: a path that leads out of the workspace is refused: %s',
    async (path) => {
      const run = await paying.preValidation({
        'config-dir': join(paying.folder, 'config'),
        'config-path': path,
      });
      paying.expectHarmless(run);
      expect(run.exitCode).toBe(2);
      expect(run.stdout).not.toContain('root:');
    },
  );

  test.each(['../token', '../../var/run/secrets/kubernetes.io/serviceaccount/token'])(
    'b: a token from outside of the workspace is sent nowhere: %s',
    async (tokenFile) => {
      const heard: unknown[] = [];
      const listen: RequestListener = ({ headers }, response) => {
        heard.push(headers.authorization);
        response.end('{"a":1}');
      };
      const run = await whileServing(listen, (port) => {
        const url = `http://127.0.0.1:${port}/m`;
        paying.configure(metric(`url: "${url}", path: $.a, tokenFile: ${tokenFile}`));
        return paying.preValidation({ 'secrets-dir': join(paying.folder, 'secrets') });
      });
      paying.expectHarmless(run);
      expect(heard).toEqual([]);
      expect(run.stdout).toContain('must be a path inside its workspace');
    },
  );
});

describe('expressions of a config', () => {
  test.each([
    [
      'f: a regular expression',
      `successCondition: '"${'a'.repeat(28)}!".matches("^(a+)+$") || result > 1.0'`,
      'cannot use functions',
    ],
    ['f: lists in lists', "successCondition: '[1, 2].all(x, [1, 2].all(y, x > y))'", 'cannot use'],
  ])('%s is refused before it is evaluated', async (_name, condition, says) => {
    const source = 'provider: http-json, url: "http://pay/", path: $.a';
    paying.configure(`analysis: {metrics: [{name: m, ${source}, ${condition}}]}\n`);
    const run = await paying.preValidation({});
    paying.expectHarmless(run);
    expect(run.exitCode).toBe(2);
    expect(run.stdout).toContain(says);
  });

  test.each([
    ["$[?match(@.a, '(a+)+b')]", 'must not use match() or search()'],
    [`$${'[*,*]'.repeat(60)}`, 'must not select several at once'],
    ['$.a[?count($.a[*]) > 1].b', 'must not use $ but at its beginning'],
    ['$..*..*', 'must not use .. more than once'],
  ])('f: the path %s is refused before anybody is asked', async (path, says) => {
    paying.configure(metric(`url: "http://pay/", path: ${JSON.stringify(path)}`));
    const run = await paying.preValidation({});
    paying.expectHarmless(run);
    expect(run.exitCode).toBe(2);
    expect(run.stdout).toContain(says);
  });

  test('m: a key that a terminal would obey is written as a word', async () => {
    paying.configure(`limits: { "\\e[2K\\e[1A outcome=promoted\\u2028": 1 }\n`);
    const run = await paying.preValidation({});
    paying.expectHarmless(run);
    expect(run.exitCode).toBe(2);
    expect(run.stdout).toContain('is not a known key');
  });

  test('values of a config are not repeated by what is wrong with them', async () => {
    paying.configure(
      `limits: ${SECRET}\nstrategy: {type: ${SECRET}}\nsmoke: [{path: ${SECRET}}]\n`,
    );
    const run = await paying.preValidation({});
    paying.expectHarmless(run);
    expect(run.exitCode).toBe(2);
    expect(run.stdout).toContain('/limits must be object, is a text of 24 characters');
  });
});

describe('news of a release', () => {
  test('dd: a webhook that does not answer leaves nothing of its URL in the log', async () => {
    writeFileSync(
      join(paying.folder, 'secrets', 'hook'),
      `http://LocalHost:9/services/../${SECRET}\n`,
    );
    paying.configure(
      `${READY}notifications: [{type: webhook, urlFile: hook, events: [started, failed, rollback]}]\n`,
    );
    const run = await measureStage(paying.world, 'deploy', {
      ...REQUEST,
      'image-tag': 'v1.2.0-never-ready',
      'secrets-dir': join(paying.folder, 'secrets'),
    });
    expect(run.stdout).toContain('notification=webhook about=started outcome=failed');
    expect(run.stdout + run.stderr).not.toContain(SECRET);
    expect(run.stdout).toContain('reason="ECONNREFUSED; told later"');
    expect(run.stdout).not.toMatch(/localhost|127\.0\.0\.1:9\b/i);
  });
});

const READY = 'limits: {readyTimeout: 5s}\npreflight: {drainProbe: off}\n';
