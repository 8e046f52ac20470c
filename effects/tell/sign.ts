/** Signs a webhook as Standard Webhooks has it (github.com/standard-webhooks/standard-webhooks, spec). */
import { createHmac } from 'node:crypto';

/** `secret`: base64 after `whsec_`, or any text. */
export function signed(
  secret: string,
  id: string,
  atMs: number,
  body: string,
): Readonly<Record<string, string>> {
  const seconds = Math.floor(atMs / 1000);
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : secret;
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': `${seconds}`,
    'webhook-signature': `v1,${signature}`,
  };
}
