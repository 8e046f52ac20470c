/** What the API refuses, in words: what was asked, what was answered, and whose words that is. */

import { foreignText, kindOf } from '../../core/base/foreign-text.ts';
import { jsonOf } from '../../core/base/json.ts';
import { StageFailure } from '../base/failure.ts';
import type { ApiAnswer, ApiRequest } from './transport.ts';

/** An answer that is neither success nor a conflict. One that did not come because of a hurry is a stop. */
export class KubeError extends StageFailure {
  readonly status: number;

  constructor(status: number, message: string, exitCode: 3 | 143) {
    const advice =
      status === 403
        ? 'grant it: docs/permissions.md lists what each stage needs, `make grant NAMESPACE=…` prints the binding'
        : undefined;
    super(exitCode, message, advice);
    this.status = status;
  }
}

/** A refusal may list every field that is wrong. */
const MOST_CHARACTERS = 1_000;

/** Who may not ask, and whom a webhook that has side effects keeps from asking, learns nothing of the object. */
const NOT_ASKED = /cannot create resource|does not support dry.?run/i;

export function isNoAnswer(status: number, why: string): boolean {
  return status === 0 || status === 401 || status === 429 || status >= 500 || NOT_ASKED.test(why);
}

export function isSuccess({ status }: ApiAnswer): boolean {
  return status >= 200 && status < 300;
}

/** Whatever answers so is not the API server: what it says is not repeated. */
export function strange({ method, path }: ApiRequest, { status, text }: ApiAnswer): KubeError {
  const what = `${method} ${path.split('?')[0]}`;
  const seen = `status ${status} with ${kindOf(text)} that is nothing of the API's`;
  return new KubeError(status, `${what}: ${seen}: is a proxy in between?`, 3);
}

/** The API's own message, which may quote webhooks and the object that was written. */
export function statusMessage(answer: ApiAnswer): string {
  // Ours, where no answer came.
  const message = answer.status === 0 ? answer.text : messageIn(answer);
  return foreignText(message, MOST_CHARACTERS);
}

/** What is no Status is not the API server's: a proxy may repeat what it was asked, with the token. */
function messageIn({ text }: ApiAnswer): string {
  const { kind, message } = Object(jsonOf(text));
  if (kind === 'Status' && typeof message === 'string') return message;
  return `the answer is no Status of the API server, but ${text.length} characters of something else`;
}

export function refusal(request: ApiRequest, answer: ApiAnswer, exitCode: 3 | 143): KubeError {
  return new KubeError(answer.status, refusalText(request, answer), exitCode);
}

export function refusalText({ method, path }: ApiRequest, answer: ApiAnswer): string {
  const what = `${method} ${path.split('?')[0]}`;
  const seen = answer.status === 0 ? 'no answer' : `status ${answer.status}`;
  return `${what}: ${seen}: ${statusMessage(answer)}`;
}
