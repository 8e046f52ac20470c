/**
 * What a step prints: short single lines that read well behind Tekton's prefix, or JSON for
 * machines. Never a secret: only what the core decided and the cluster said passes through here.
 */

import { CONTROL_CHARACTERS } from '../../core/base/foreign-text.ts';

export type LogFormat = 'text' | 'json';

export interface Log {
  line(text: string): void;
}

/** A line that is longer is cut: nobody reads more, and no collector takes it. */
const MOST_CHARACTERS = 8_192;

export function createLog(format: LogFormat, write: (text: string) => void): Log {
  switch (format) {
    case 'text':
      return { line: (text) => write(`${shown(text)}\n`) };
    case 'json':
      return {
        line: (text) => {
          const line = shown(text);
          const time = new Date().toISOString();
          write(`${JSON.stringify({ ...fieldsOf(line), time, text: line })}\n`);
        },
      };
  }
}

/** The last gate before a terminal: whatever the line was made of, it obeys nobody in it. */
function shown(text: string): string {
  const cut = text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
  return cut.replaceAll(CONTROL_CHARACTERS, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** `phase=done reason="it is"` as fields. A key begins a word: whatever is looked at is looked at once. */
function fieldsOf(text: string): Record<string, string> {
  const pairs = text.matchAll(/(?<![\w-])([\w-]+)=(?:"([^"]*)"|(\S+))/g);
  return Object.fromEntries([...pairs].map(([, key, quoted, bare]) => [key, quoted ?? bare ?? '']));
}
