// Jest transform: esbuild strips the types. Jest runs the result as an ES module.
const { createHash } = require('node:crypto');
const { transformSync, version } = require('esbuild');

module.exports = {
  getCacheKey: (source, file) =>
    createHash('sha256').update(`${version}\0${file}\0${source}`).digest('hex'),
  process: (source, file) =>
    transformSync(source, {
      loader: 'ts',
      format: 'esm',
      target: 'node20',
      sourcemap: 'inline',
      sourcefile: file,
    }),
};
