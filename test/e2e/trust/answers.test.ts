// What pods, servers and registries answer can neither hurt a stage nor reveal anything: the hostile cases
// against the stages as they are built, their output, memory and time.
import type { RequestListener } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { MIB, metric, Paying, SECRET, whileServing } from './paying.ts';

let paying: Paying;

beforeAll(async () => {
  paying = await Paying.start();
});
afterEach(() => paying.settle());
afterAll(() => paying.stop());

describe('a metrics page of the candidate', () => {
  const bomb = gzipSync(Buffer.alloc(400 * MIB, 'a 1\n'));
  test.each<readonly [string, RequestListener, string]>([
    ['c: spaces', (_, to) => to.end(`a${' '.repeat(80_000)}x`), 'line 1 is not a sample'],
    ['c: blank lines', (_, to) => to.end(`${'\n'.repeat(MIB)}a 1\nx`), 'is not a sample'],
    [
      'c2: a line without an end behind one that is well',
      (_, to) => to.end(`http_requests_total{status="200"} 1\na${' '.repeat(80_000)}x\n`),
      'line 2 is not a sample: a text of 80002 characters',
    ],
    ['c: labels', (_, to) => to.end(`a{${'b="c",'.repeat(600_000)}} 1`), 'is not a sample'],
    [
      'c: a path of its own for every request',
      (_, to) =>
        to.end(
          Array.from(
            { length: 39_000 },
            (_each, at) => `http_requests_total{status="200",path="/${at}"} 1\n`,
          ).join(''),
        ),
      'outcome=passed',
    ],
    [
      'd: 400 MiB in 400 KiB',
      (_, to) => {
        to.setHeader('content-encoding', 'gzip');
        to.end(bomb);
      },
      'the answer is larger than 4194304 bytes',
    ],
    [
      'm: what a terminal obeys',
      (_, to) =>
        to.end(`\u001b]8;;https://evil.example\u0007${SECRET} <!channel>\r\noutcome=promoted`),
      'is not a sample: a text of',
    ],
    [
      'that leads elsewhere',
      (_, to) => to.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
      'answered 302',
    ],
    ['HTML', (_, to) => to.end(`<html>${SECRET}</html>`), 'is not a sample'],
  ])('%s', async (_name, answer, says) => {
    paying.page = answer;
    const before = paying.asked;
    const run = await paying.preValidation({});
    expect(paying.asked).toBeGreaterThan(before);
    paying.expectHarmless(run);
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toContain(says);
  });
});
describe('answers of other servers', () => {
  const answeredBy = (answer: RequestListener, path: string) =>
    whileServing(answer, (port) => {
      paying.configure(metric(`url: "http://127.0.0.1:${port}/latest/meta-data", path: ${path}`));
      return paying.preValidation({});
    });

  test('w: credentials that are no number are told by their kind', async () => {
    const run = await answeredBy((_, response) => {
      response.end(JSON.stringify({ AccessKeyId: 'ASIAFAKE', SecretAccessKey: SECRET }));
    }, '$.SecretAccessKey');
    paying.expectHarmless(run);
    expect(run.stdout).toContain('must be a number, is a text of 24 characters');
  });

  test.each(['http://169.254.169.254/latest/', 'https://kubernetes.default.svc/api'])(
    'w: %s is not asked at all',
    async (url) => {
      paying.configure(metric(`url: "${url}", path: $.a`));
      const run = await paying.preValidation({});
      paying.expectHarmless(run);
      expect(run.exitCode).toBe(2);
      expect(run.stdout).toContain('/analysis/metrics (m) url');
    },
  );

  test('lists in lists are no answer', async () => {
    const run = await answeredBy((_, response) => {
      response.end(`{"a":${'['.repeat(400_000)}${']'.repeat(400_000)}}`);
    }, '$..a');
    paying.expectHarmless(run);
    expect(run.stdout).toContain('the answer is not valid JSON');
  });

  test('more values than a number is chosen from are no answer', async () => {
    const run = await answeredBy((_, response) => {
      response.end(`[${'1,'.repeat(300_000)}1]`);
    }, '"$[0]"');
    paying.expectHarmless(run);
    expect(run.stdout).toContain('the answer is not valid JSON, or too deep or too long');
  });

  test('more than a number needs is not read', async () => {
    const run = await answeredBy((_, response) => {
      response.end(JSON.stringify({ a: 'x'.repeat(3 * MIB) }));
    }, '$.a');
    paying.expectHarmless(run);
    expect(run.stdout).toContain('the answer is larger than 1048576 bytes');
  });
});
describe('a registry that a config names', () => {
  test.each([
    ['169.254.169.254/app', 'its name leads to 169.254.169.254'],
    ['"[::ffff:a9fe:a9fe]/app"', 'its name leads to'],
  ])('is not asked at %s', async (repository, says) => {
    paying.configure(`image: {repository: ${repository}}\n`);
    const run = await paying.preValidation({});
    paying.expectHarmless(run);
    expect(run.stdout).toContain('check=image-not-pinned');
    expect(run.stdout).toContain(says);
  });

  test.each(['r.example?x/app', 'r.example/a#b', 'me@r.example/a', 'r.example/../v2'])(
    'has a name that is no other part of a URL: %s',
    async (repository) => {
      paying.configure(`image: {repository: "${repository}"}\n`);
      const run = await paying.preValidation({});
      paying.expectHarmless(run);
      expect(run.exitCode).toBe(2);
      expect(run.stdout).toContain('/image/repository does not match');
      const param = await paying.preValidation({ 'image-repository': repository });
      expect(param.exitCode).toBe(2);
      expect(param.stdout).toContain('is not the name of a repository');
    },
  );

  test.each([
    ['https://evil.example/token', 'gives tokens on another host'],
    ['http://localhost.evil.example/token', 'gives tokens by a protocol'],
    ['http://169.254.169.254/token', 'gives tokens by a protocol'],
  ])('is left where it sends its callers to %s', async (realm, says) => {
    const challenge = `Bearer realm="${realm}",service="${SECRET}"`;
    const answer: RequestListener = (_, response) => {
      response.writeHead(401, { 'www-authenticate': challenge }).end();
    };
    const run = await whileServing(answer, (port) => {
      paying.configure(`image: {repository: "127.0.0.1:${port}/app"}\n`);
      return paying.preValidation({});
    });
    paying.expectHarmless(run);
    expect(run.stdout).toContain('check=image-not-pinned');
    expect(run.stdout).toContain(says);
  });
});
