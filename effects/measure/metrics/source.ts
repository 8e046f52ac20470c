/** Asks a metric source over HTTP(S), or the API server. A token is read anew each time: it may rotate. */

import { foreignText } from '../../../core/base/foreign-text.ts';
import { type Access, OPEN } from '../../../core/metrics/access.ts';
import type { MetricQuery, MetricResponse } from '../../../core/metrics/metric.ts';
import { messageOf } from '../../base/failure.ts';
import { readFileWithin } from '../../base/workspace-file.ts';
import type { StageContext } from '../../context/stage-context.ts';
import { KubeError } from '../../kube/refusal.ts';

const TIMEOUT_MS = 5_000;

/** Never throws, and never tells the token: what is wrong with a file is told by its name. */
export async function askSource(
  context: StageContext,
  question: MetricQuery,
  access: Access = OPEN,
): Promise<MetricResponse> {
  if (question.to === 'kubernetes-api') return askCluster(context, question.url);
  try {
    const { secretsDir } = context;
    const token = await secret(secretsDir, access.tokenFile, 'tokenFile');
    const ca = await secret(secretsDir, access.caFile, 'caFile');
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const { url, mostBytes } = question;
    const answer = await context.askConfigured({
      ...{ method: 'GET', url, headers, timeoutMs: TIMEOUT_MS },
      ...(ca === undefined ? {} : { ca }),
      ...(mostBytes === undefined ? {} : { mostBytes }),
    });
    return answer.kind === 'failed' ? { kind: 'failed', why: answer.why } : answer;
  } catch (thrown) {
    return { kind: 'failed', why: messageOf(thrown) };
  }
}

async function askCluster({ kube }: StageContext, path: string): Promise<MetricResponse> {
  try {
    return { kind: 'answered', status: 200, body: await kube.text(path) };
  } catch (thrown) {
    if (!(thrown instanceof KubeError)) return { kind: 'failed', why: messageOf(thrown) };
    return { kind: 'answered', status: thrown.status, body: thrown.message };
  }
}

async function secret(
  folder: string,
  file: string | undefined,
  key: string,
): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const name = `${key} ${foreignText(file)}`;
  if (folder === '') throw new Error(`${name}: the run has no workspace secrets`);
  try {
    return (await readFileWithin(folder, file)).trim();
  } catch (thrown) {
    throw new Error(`${name}: ${messageOf(thrown)}`);
  }
}
