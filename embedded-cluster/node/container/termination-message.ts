/** The last words of a container, as its status shows them. */
import type { Container } from '../../kubernetes/shapes.ts';
import type { ContainerExit } from '../runtime.ts';

const MESSAGE_BYTES = 4096;
const LOG_BYTES = 2048;
const LOG_LINES = 80;

export function terminationMessage(
  { terminationMessagePolicy }: Container,
  { exitCode, message, logTail }: ContainerExit,
): { message?: string } {
  if (message) return { message: lastBytes(message, MESSAGE_BYTES) };
  if (terminationMessagePolicy !== 'FallbackToLogsOnError' || exitCode === 0 || !logTail) return {};
  const lines = logTail
    .split('\n')
    .slice(-LOG_LINES - 1)
    .join('\n');
  return { message: lastBytes(lines, LOG_BYTES) };
}

function lastBytes(text: string, limit: number): string {
  const bytes = Buffer.from(text);
  return bytes.length <= limit ? text : bytes.subarray(-limit).toString('utf8');
}
