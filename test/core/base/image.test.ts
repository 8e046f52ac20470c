import { describe, expect, test } from '@jest/globals';
import { imageText, isTag, parseImage, registryOf } from '../../../core/base/image.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

describe('image references', () => {
  test.each([
    ['nginx', 'nginx', undefined, undefined],
    [
      'localhost:5000/payment-service:v1.1.0',
      'localhost:5000/payment-service',
      'v1.1.0',
      undefined,
    ],
    ['localhost:5000/payment-service', 'localhost:5000/payment-service', undefined, undefined],
    [`r.example/a/b:v1@${DIGEST}`, 'r.example/a/b', 'v1', DIGEST],
    [`r.example/a/b@${DIGEST}`, 'r.example/a/b', undefined, DIGEST],
  ])('%s', (text, repository, tag, digest) => {
    expect(parseImage(text)).toEqual({ repository, tag, digest });
  });

  test.each(['', 'a b'])('%j is none', (text) => {
    expect(parseImage(text)).toBeUndefined();
  });

  test.each([
    ['v1.2.0', true],
    ['latest', true],
    ['', false],
    ['-v1', false],
    ['v1:2', false],
    ['v1 2', false],
    ['a'.repeat(129), false],
  ])('tag %j: %s', (tag, good) => {
    expect(isTag(tag)).toBe(good);
  });

  test.each([
    ['r.example/a/b', 'r.example', 'a/b'],
    ['localhost:5000/x', 'localhost:5000', 'x'],
    ['team/app', 'registry-1.docker.io', 'team/app'],
    ['nginx', 'registry-1.docker.io', 'library/nginx'],
  ])('%s lives in registry %s as %s', (repository, host, path) => {
    expect(registryOf(repository)).toEqual({ host, path });
  });

  test('the digest is what runs, the tag stays for people', () => {
    expect(imageText('r/a', 'v1', DIGEST)).toBe(`r/a:v1@${DIGEST}`);
    expect(imageText('r/a', 'v1', undefined)).toBe('r/a:v1');
  });
});
