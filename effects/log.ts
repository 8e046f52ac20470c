/**
 * What a step prints: short single lines that read well behind Tekton's prefix, or JSON for
 * machines. Never a secret: only what the core decided and the cluster said passes through here.
 */

export type LogFormat = 'text' | 'json';

export interface Log {
  line(text: string): void;
}

export function createLog(format: LogFormat, write: (text: string) => void): Log {
  switch (format) {
    case 'text':
      return { line: (text) => write(`${text}\n`) };
    case 'json':
      return {
        line: (text) =>
          write(`${JSON.stringify({ time: new Date().toISOString(), ...fieldsOf(text), text })}\n`),
      };
  }
}

/** `phase=done reason="it is"` as fields. */
function fieldsOf(text: string): Record<string, string> {
  const pairs = text.matchAll(/([\w-]+)=(?:"([^"]*)"|(\S+))/g);
  return Object.fromEntries([...pairs].map(([, key, quoted, bare]) => [key, quoted ?? bare ?? '']));
}
