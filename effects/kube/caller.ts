/** Whom the API server takes this process for: for records of who asked. */
import { type Caller, isCaller } from '../../core/journal/commands/asker.ts';
import type { Kube } from './client.ts';

const POD = 'authentication.kubernetes.io/pod-name';
const PATIENCE_MS = 5_000;

/** Undefined where the API server does not tell: before Kubernetes 1.28, or when it is in trouble. */
export async function callerOf({ transport }: Kube): Promise<Caller | undefined> {
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  try {
    const { status, text } = await transport.send(
      {
        method: 'POST',
        path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
        body: JSON.stringify(review),
        contentType: 'application/json',
      },
      PATIENCE_MS,
    );
    return status === 201 ? callerIn(JSON.parse(text)) : undefined;
  } catch {
    return undefined;
  }
}

interface Answered {
  readonly status?: {
    readonly userInfo?: {
      readonly username?: unknown;
      readonly extra?: Readonly<Record<string, readonly unknown[]>>;
    };
  };
}

function callerIn({ status }: Answered): Caller | undefined {
  const { username, extra } = status?.userInfo ?? {};
  const pod = extra?.[POD]?.[0];
  const caller = { user: username, ...(pod === undefined ? {} : { pod }) };
  return isCaller(caller) ? caller : undefined;
}
