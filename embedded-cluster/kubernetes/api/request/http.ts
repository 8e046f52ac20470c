/** Requests and responses of the API, without sockets: a server or a simulation carries them. */

import type { ApiFailure } from '../../definitions/failure.ts';
import type { Running } from '../../world.ts';

/** Names are in lower case. */
export type Headers = Readonly<Record<string, string>>;

export interface ApiRequest {
  readonly method: string;
  /** With its query, as in `/api/v1/pods?limit=5`. */
  readonly path: string;
  readonly headers: Headers;
  readonly body?: string | Uint8Array | undefined;
}

export interface WholeResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string | Uint8Array;
}

/** A body that goes on: a watch, or a log that is followed. */
export interface ResponseStream {
  /** May be opened once; stopping it ends it without a call of `onEnd`. */
  open(onChunk: (chunk: string) => void, onEnd: () => void): Running;
}

interface StreamedResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly stream: ResponseStream;
}

export type ApiResponse = WholeResponse | StreamedResponse;

/** The answer will never come: whoever carries requests cuts the connection. */
export class AnswerLost extends Error {
  constructor() {
    super('the connection was cut before the answer');
  }
}

const JSON_HEADERS: Headers = {
  'content-type': 'application/json',
  'cache-control': 'no-cache, private',
};

export function json(status: number, body: unknown, headers: Headers = JSON_HEADERS): ApiResponse {
  return { status, headers, body: JSON.stringify(body) };
}

/** JSON that has been written already. */
export function jsonText(status: number, body: string): ApiResponse {
  return { status, headers: JSON_HEADERS, body };
}

export function text(status: number, body: string): ApiResponse {
  return { status, headers: { ...JSON_HEADERS, 'content-type': 'text/plain' }, body };
}

export function streamed(stream: ResponseStream, contentType = 'application/json'): ApiResponse {
  return { status: 200, headers: { ...JSON_HEADERS, 'content-type': contentType }, stream };
}

/** The `Status` that tells a client why it was refused. */
export function statusOf(failure: ApiFailure): Record<string, unknown> {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: failure.message,
    reason: failure.reason,
    details: failure.details ?? {},
    code: failure.code,
  };
}

export function refusal(failure: ApiFailure): ApiResponse {
  const retryAfter = failure.details?.retryAfterSeconds;
  return json(failure.code, statusOf(failure), {
    ...JSON_HEADERS,
    ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
  });
}
