// Whom the API server saw is read from a journal that anybody may have written into.
import { expect, test } from '@jest/globals';
import { isCaller } from '../../../../core/journal/commands/asker.ts';

test.each<[unknown, boolean]>([
  [{ user: 'jane' }, true],
  [{ user: 'jane', pod: 'run-1' }, true],
  [{ user: 'jane', pod: 7 }, false],
  [{ user: 7 }, false],
  [{ pod: 'run-1' }, false],
  ['jane', false],
  [null, false],
  [undefined, false],
])('%j tells who asked: %s', (value, is) => expect(isCaller(value)).toBe(is));
