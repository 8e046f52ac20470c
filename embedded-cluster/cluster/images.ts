/** The images that this repository is the source of: its stages, and the example application. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ImageSource } from '../registry/images/image.ts';

/** As in the distroless images that the stages are shipped in: Node, and no shell. */
const NODE = { node: process.execPath, '/nodejs/bin/node': process.execPath };

/** One for each stage that was built. */
export function stageImages(root: string, version: string): ImageSource[] {
  const built = join(root, 'dist/steps');
  return !existsSync(built)
    ? []
    : readdirSync(built).map((stage) => ({
        repository: `zero-downtime-deployment/${stage}`,
        tags: [`v${version}`],
        programs: NODE,
        paths: [{ containerPath: '/app', hostPath: join(built, stage) }],
      }));
}

/** The example in versions that are good, and that go wrong in one way each. */
export function exampleImages(root: string): ImageSource[] {
  const version = (tag: string, env: Record<string, string> = {}): ImageSource => ({
    repository: 'payment-service',
    tags: [tag],
    programs: NODE,
    paths: [{ containerPath: '/app', hostPath: join(root, 'examples/payment-service') }],
    entrypoint: ['node', '/app/server.mjs'],
    env: { VERSION: tag, ...env },
    pullMs: 200,
  });
  return [
    version('v1.1.0'),
    version('v1.2.0'),
    version('v1.2.0-errors', { ERROR_RATE: '0.2' }),
    version('v1.2.0-never-ready', { READY: 'never' }),
    version('v1.2.0-abrupt', { SHUTDOWN: 'abrupt' }),
  ];
}
