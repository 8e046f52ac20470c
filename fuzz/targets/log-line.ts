/** Words of others in a log: a container's last ones, a webhook's, the API's. */
import { foreignText } from '../../core/base/foreign-text.ts';
import { createLog, type LogFormat } from '../../effects/context/log.ts';
import { insist, type Target } from '../target.ts';

function written(format: LogFormat, log: string): string {
  const lines: string[] = [];
  createLog(format, (line) => lines.push(line)).event({ event: 'container-log', pod: 'p', log });
  return lines.join('');
}

/** As a reader of logs finds them: a key, and a value in quotes or a word. */
function fieldsOf(line: string): string {
  const pairs = line.matchAll(/([\w-]+)=(?:"(?:[^"\\]|\\.)*"|[^\s"]+)/g);
  return [...pairs]
    .map(([, key]) => key)
    .sort()
    .join();
}

export const logLine: Target = {
  name: 'log-line',
  form: 'text',
  words: [
    'outcome=promoted',
    'stage=',
    '="',
    '" ',
    '\r\n',
    '\u001b[2K',
    '\u0085',
    '\u2029',
    '\u202e',
  ],
  read: (input) => {
    const json: unknown = JSON.parse(written('json', input));
    const keys = Object.keys(Object(json)).sort().join();
    insist(keys === 'event,log,pod,time', 'a field that somebody else wrote');
    insist(fieldsOf(written('text', input)) === 'log,pod', 'a field that somebody else wrote');
    const raw = written('text', input);
    insist(raw.indexOf('\n') === raw.length - 1, 'more than one line');
    return [foreignText(input), raw.slice(0, -1)].map((text) => text.slice(0, 8_000));
  },
  // It is what is shown.
  mayTell: () => true,
};
