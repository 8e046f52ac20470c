// What may be repeated of a text that somebody else wrote: its words, and nothing that could be a secret.
import { expect, test } from '@jest/globals';
import { wordOrKind } from '../../core/base/foreign-text.ts';

test.each(['strategi', 'maxDuration', 'http-json', 'p99', 'resul'])('%s is a word', (text) => {
  expect(wordOrKind(text)).toBe(text);
});

test.each([
  'cnry05e4c973fccf24048215143',
  'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
  'eyJhbGciOiJSUzI1NiJ9.e30.x',
  'AKIAIOSFODNN7EXAMPLE',
  'hunter2-hunter2',
  'two words',
  '',
  'x'.repeat(40),
])('%s is not, and only its length is told', (text) => {
  expect(wordOrKind(text)).toBe(`(a text of ${text.length} characters)`);
});
