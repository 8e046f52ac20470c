// What an image starts: the stage's program, with what V8 compiled of it when the image was built.
// Node's own compile cache (NODE_COMPILE_CACHE) keeps only what V8 compiles before anything runs, and
// leaves the functions that a start calls to be compiled at every start.
const { existsSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');

const filename = join(__dirname, 'stage.cjs');
const compiled = join(__dirname, 'stage.cache');
const given = ['exports', 'require', 'module', '__filename', '__dirname'];
// The build left only ASCII in it, which is fastest to read like this.
const source = `(function (${given}) {${readFileSync(filename, 'latin1')}\n})`;
// V8 itself leaves the cache aside where another version of it made it.
const cachedData = existsSync(compiled) ? readFileSync(compiled) : undefined;
const script = new Script(source, { filename, cachedData });
// For the program that fills the cache (record.cjs).
module.exports = script;
script.runInThisContext()(exports, require, module, filename, __dirname);
