// What a stage prints is read by people and by machines: every event is a line of its own, in either form.
import { expect, test } from '@jest/globals';
import { createLog } from '../../../effects/context/log.ts';

const EVENT = { event: 'action', action: 'scale deployment pay to 0' } as const;

function written(
  format: 'text' | 'json',
  print: (log: ReturnType<typeof createLog>) => void,
): string[] {
  const lines: string[] = [];
  print(createLog(format, (line) => lines.push(line)));
  return lines;
}

test('as text an event is one line', () => {
  const [line, ...others] = written('text', (log) => log.event(EVENT));
  expect(line).toMatch(/^.*scale deployment pay to 0.*\n$/);
  expect(others).toEqual([]);
});

test('as JSON it is one object, with its time', () => {
  const [line = ''] = written('json', (log) => log.event(EVENT));
  expect(line.endsWith('\n')).toBe(true);
  expect(JSON.parse(line)).toMatchObject(EVENT);
  expect(JSON.stringify(JSON.parse(line))).toMatch(/\d{4}-\d\d-\d\dT/);
});

test('a table is lines that can be compared, and objects for machines', () => {
  const events = [EVENT, { ...EVENT, action: 'delete service pay-preview' }];
  const text = written('text', (log) => log.table(events, ['action']));
  expect(text.every((line) => line.endsWith('\n'))).toBe(true);
  expect(text.join('')).toContain('delete service pay-preview');
  const json = written('json', (log) => log.table(events, ['action']));
  expect(json.map((line) => JSON.parse(line).action)).toEqual(events.map(({ action }) => action));
});
