// Builds an image for each stage: `make images REGISTRY=… TAG=… [BASE=…] [PLATFORMS=…] [PUSH=1]`.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { STAGES } from '../scripts/stages.mjs';
import { buildImage, canRun } from './tool.mjs';

const { version, repository } = JSON.parse(readFileSync('package.json', 'utf8'));
// `make` hands on what was said; what is empty was not said.
const REGISTRY = process.env.REGISTRY || 'ghcr.io/zero-downtime-deployment';
const TAG = process.env.TAG || `v${version}`;

/** Debian 12, glibc and Node 24, and no shell; runs as 65532. How to change it: docs/images.md. */
const DISTROLESS =
  'gcr.io/distroless/nodejs24-debian12:nonroot@sha256:14d42e2511532589a7c7e01a753667a74fcc96266e137e8125006b87b0c32d0a';
const BASE = process.env.BASE || DISTROLESS;

const revision = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();

for (const stage of STAGES) {
  buildImage(`${REGISTRY}/${stage}:${TAG}`, (processor) => ({
    file: 'images/Containerfile',
    context: '.',
    args: { BASE, STAGE: stage, SOURCE: repository.url, REVISION: revision, VERSION: TAG },
    // The cache is filled by running the stage; without one it starts a little later.
    target: canRun(processor) ? undefined : 'program',
  }));
}
