// Container paths in texts, and the paths of this machine that stand for them.
import { describe, expect, test } from '@jest/globals';
import { pathRewriter } from '../../node/processes/paths.ts';

const rewrite = pathRewriter([
  { containerPath: '/app', hostPath: '/host/app' },
  { containerPath: '/app/cache', hostPath: '/host/tmp' },
  { containerPath: '/tekton/results', hostPath: '/host/app/results' },
]);

describe('a path of the container', () => {
  test.each([
    ['/app', '/host/app'],
    ['/app/main.cjs', '/host/app/main.cjs'],
    ['/app/cache/x', '/host/tmp/x'],
    ['--result=/tekton/results/outcome', '--result=/host/app/results/outcome'],
    ['/app:/app/cache', '/host/app:/host/tmp'],
    ['cat "/app/a b"', 'cat "/host/app/a b"'],
  ])('%s becomes %s', (text, expected) => {
    expect(rewrite(text)).toBe(expected);
  });

  test.each([
    '/apple',
    '/app.js',
    '/app-2',
    '/my/app',
    'x/app',
    'http://shop/app',
    './app',
    '/APP',
  ])('%s is left alone', (text) => {
    expect(rewrite(text)).toBe(text);
  });
});

test('where nothing is mounted nothing changes', () => {
  expect(pathRewriter([])('/app')).toBe('/app');
});
