// However long a value is, and whatever it grows by as it is written: each field stays one field.
import { expect, test } from '@jest/globals';
import { textOf } from '../../../../core/report/log/render-event.ts';

/** A pod's name and its words: of a value so many characters are kept (4,096), of a line twice as many. */
function fieldsOf(pod: string, log: string): string[] {
  const line = textOf({ event: 'container-log', pod, log });
  expect(line.length).toBeLessThanOrEqual(8_192 + ' …'.length);
  const pairs = line.matchAll(/([\w-]+)=(?:"((?:[^"\\]|\\.)*)"|[^\s"]+)/g);
  return [...pairs].map(([, key = '']) => key);
}

// A quote takes two characters, a line separator six: 8,192 are full somewhere in between.
test.each([
  ['"', 4_070, 4_096],
  ['\u2028', 1_340, 1_370],
  ['\\', 4_070, 4_096],
])(
  'a line that is full ends the quotes of its last value, wherever that is: %j',
  (unit, from, to) => {
    for (let length = from; length <= to; length += 1) {
      for (const tail of ['', '=', 'a=b', '" c="d']) {
        expect(fieldsOf('p', unit.repeat(length) + tail)).toEqual(['pod', 'log']);
      }
    }
  },
);

test('what finds no room is left out, and that is seen', () => {
  const line = textOf({
    event: 'container-log',
    pod: '\u2028'.repeat(2_000),
    container: 'c',
    log: 'words',
  });
  expect(line).toMatch(/^pod="(\\u2028)+…" …$/);
});
