// Parsers with a fault of every kind that the fuzzer has to find.
const kept = [];
const toy = (name, read, words = ['magic']) => ({ name, form: 'text', words, read });

export const TARGETS = [
  toy('sound', () => []),
  toy('throws', (text) => {
    if (text.includes('magic')) throw new TypeError('boo');
    return [];
  }),
  // Who keeps what led through one door finds the next one sooner.
  toy(
    'throws-behind-doors',
    (text) => {
      if (text[0] !== 'k') return [];
      if (text[1] !== 'l') return [];
      if (text[2] !== 'm') return [];
      throw new TypeError('boo');
    },
    ['k', 'l', 'm'],
  ),
  toy('tells', (text) => [`wrong: ${text}`]),
  toy('hangs', (text) => {
    while (text.includes('magic'));
    return [];
  }),
  toy('never-answers', (text) => (text.includes('magic') ? new Promise(() => undefined) : [])),
  toy('fills', (text) => {
    if (text.includes('magic')) for (const all of [[]]) for (;;) all.push(new Array(1_000).fill(1));
    return [];
  }),
  toy('grows', () => {
    kept.push(new Array(2_000).fill(1));
    return [];
  }),
];
