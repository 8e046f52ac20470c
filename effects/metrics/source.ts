/** Asks a metric source over HTTP(S), or the API server. A token is read anew each time: it may rotate. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Access } from '../../core/config/analysis.ts';
import type { Question, Reply } from '../../core/metrics/metric.ts';
import { messageOf } from '../failure.ts';
import { KubeError } from '../kube/client.ts';
import type { Outside } from '../outside.ts';

const TIMEOUT_MS = 5_000;

const OPEN: Access = { tokenFile: undefined, caFile: undefined };

/** Never throws, and never tells the token: what is wrong with a file is told by its name. */
export async function askSource(
  outside: Outside,
  question: Question,
  access: Access = OPEN,
): Promise<Reply> {
  if (question.to === 'kubernetes-api') return askCluster(outside, question.url);
  try {
    const { secretsDir } = outside;
    const token = await secret(secretsDir, access.tokenFile, 'tokenFile');
    const ca = await secret(secretsDir, access.caFile, 'caFile');
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const request = { method: 'GET', url: question.url, headers, timeoutMs: TIMEOUT_MS };
    const answer = await outside.ask(ca === undefined ? request : { ...request, ca });
    return answer.kind === 'failed' ? { kind: 'failed', why: answer.why } : answer;
  } catch (thrown) {
    return { kind: 'failed', why: messageOf(thrown) };
  }
}

async function askCluster({ kube }: Outside, path: string): Promise<Reply> {
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
  if (folder === '') throw new Error(`${key} ${file}: the run has no workspace secrets`);
  try {
    return (await readFile(join(folder, file), 'utf8')).trim();
  } catch (thrown) {
    throw new Error(`${key} ${file}: ${messageOf(thrown)}`);
  }
}
