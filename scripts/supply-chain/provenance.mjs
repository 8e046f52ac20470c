// How a release was made, as SLSA's predicate v1 (https://slsa.dev/spec/v1.0/provenance). What it says
// of itself is believed for its signature: only the workflow can have that.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './lock.mjs';

/** What the workflow tells of itself; each is needed. */
const NEEDED = [
  'GITHUB_REF',
  'GITHUB_RUN_ATTEMPT',
  'GITHUB_RUN_ID',
  'GITHUB_SERVER_URL',
  'GITHUB_REPOSITORY',
  'GITHUB_SHA',
  'GITHUB_WORKFLOW_REF',
];

export function provenance(env, source) {
  const missing = NEEDED.filter((name) => !env[name]);
  if (missing.length > 0) throw new Error(`not in a workflow: ${missing.join(', ')} not set`);
  const repository = `${env.GITHUB_SERVER_URL}/${env.GITHUB_REPOSITORY}`;
  if (repository !== source)
    throw new Error(`built from ${repository}, package.json says ${source}`);
  return {
    buildDefinition: {
      buildType: 'https://actions.github.io/buildtypes/workflow/v1',
      externalParameters: {
        workflow: {
          ref: env.GITHUB_REF,
          repository,
          path: env.GITHUB_WORKFLOW_REF.split('@')[0].replace(`${env.GITHUB_REPOSITORY}/`, ''),
        },
      },
      resolvedDependencies: [
        { uri: `git+${repository}@${env.GITHUB_REF}`, digest: { gitCommit: env.GITHUB_SHA } },
        baseImage(),
      ],
    },
    runDetails: {
      builder: { id: `${env.GITHUB_SERVER_URL}/${env.GITHUB_WORKFLOW_REF}` },
      metadata: {
        invocationId: `${repository}/actions/runs/${env.GITHUB_RUN_ID}/attempts/${env.GITHUB_RUN_ATTEMPT}`,
      },
    },
  };
}

/** The one that images/build.mjs builds on by default. */
function baseImage() {
  const text = readFileSync(join(ROOT, 'images/build.mjs'), 'utf8');
  const [, name, sha256] = /'([\w.\-/]+):[\w.-]+@sha256:([0-9a-f]{64})'/.exec(text) ?? [];
  if (!name) throw new Error('images/build.mjs names no base image by its digest');
  return { uri: `pkg:docker/${name}`, digest: { sha256 } };
}
