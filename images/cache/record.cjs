// Loaded before a stage whose cache is to be filled: keeps what V8 has compiled of it once it ends.
// `RECORD=<file> node --require record.cjs main.cjs …`
const { writeFileSync } = require('node:fs');

process.on('exit', () => {
  const { exports: script } = require.cache[process.argv[1]];
  writeFileSync(process.env.RECORD, script.createCachedData());
});
