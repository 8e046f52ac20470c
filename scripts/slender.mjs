// An esbuild plugin that keeps out of a stage what it does not need, and puts off until it is called
// what it does not need to start: loading packages is most of what a start takes.
import { dirname, join, relative } from 'node:path';

/**
 * Of each package, the functions and classes that are used (`default` is one): they become functions
 * that load the package when they are called or constructed. Other names fail the build.
 */
const LATE = {
  // Only the text of --help is laid out.
  cliui: ['default'],
  // Only kubeconfigs that say so go through a proxy, or sign in elsewhere.
  hpagent: ['HttpProxyAgent', 'HttpsProxyAgent'],
  'node:child_process': ['execSync', 'spawn', 'spawnSync'],
  // Few services speak it without TLS.
  'node:http2': ['connect'],
  'openid-client': ['discovery', 'refreshTokenGrant'],
  'socks-proxy-agent': ['SocksProxyAgent'],
  // Files are the config of a workspace, secrets and results.
  'node:fs/promises': [
    'mkdir',
    'mkdtemp',
    'open',
    'readdir',
    'readFile',
    'realpath',
    'rename',
    'rm',
    'stat',
    'writeFile',
  ],
  // Not every release has a config, and metrics come late.
  ajv: ['Ajv'],
  yaml: ['isMap', 'isNode', 'isPair', 'LineCounter', 'parse', 'parseDocument'],
};

/** The same of our own modules, whose packages have something to set up before they can be called. */
const LATE_MODULES = {
  'effects/expressions/cel.ts': ['conditionIssue', 'metBy'],
  'effects/expressions/json-path.ts': ['pathIssue', 'select'],
  'effects/expressions/promql.ts': ['queryIssue'],
  'effects/migration/lint/ask-linter.ts': ['askLinter'],
};

/** Files of their own beside the stage, and what is in each: large, and loaded by few. */
export const APART = {
  // Only where somebody is told by mail.
  nodemailer: 'nodemailer',
  // Only where the config has conditions.
  cel: 'effects/expressions/cel.ts',
  // Only where it has queries.
  promql: 'effects/expressions/promql.ts',
  // Only where the config has SQL files.
  linter: 'effects/migration/lint/ask-linter.ts',
};

/** What takes the place of a module of Node's that packages load to hardly ever use it. */
const STAND_INS = {
  // It has something to say only where an assertion does not hold.
  assert: `
    export function strictEqual(actual, expected, message) {
      if (!Object.is(actual, expected)) require('node:assert').strictEqual(actual, expected, message);
    }
    export function notStrictEqual(actual, expected, message) {
      if (Object.is(actual, expected)) require('node:assert').notStrictEqual(actual, expected, message);
    }`,
  // Kubeconfigs are YAML, for which there is a package already.
  'js-yaml': `
    import { parse } from 'yaml';
    export const load = (text) => parse(text);
    export default { load };`,
  // Where clouds keep a token in what their programs print; the RFC's paths are understood as well.
  'jsonpath-plus': `
    import { query } from 'jsonpath-rfc9535';
    export const JSONPath = ({ path, json }) => query(json, path);`,
  // No one reads the debug output of a proxy agent.
  debug: 'export default () => Object.assign(() => undefined, { enabled: false });',
  // The references of our own schemas and of theirs, all of which are URLs or fragments.
  'fast-uri': `
    export const parse = (uri) => {
      const [text, fragment] = uri.split('#');
      return { text, fragment };
    };
    export const serialize = ({ text, fragment }) =>
      fragment === undefined ? text : text + '#' + fragment;
    export const resolve = (base, uri) => (base ? new URL(uri, base).href : uri);`,
  // A stage colours no queries.
  '@lezer/highlight': `
    export const styleTags = () => () => null;
    export const tags = new Proxy(() => tags, { get: () => tags });`,
  // Only a SOCKS proxy is told an address by its bytes.
  'ip-address': `
    const groupsOf = (text) =>
      text.split(':').filter(Boolean).flatMap((group) => {
        if (!group.includes('.')) return [group];
        const [a, b, c, d] = group.split('.').map(Number);
        return [(a * 256 + b).toString(16), (c * 256 + d).toString(16)];
      });
    export function Address4(text) {
      this.toArray = () => text.split('.').map(Number);
    }
    export function Address6(text) {
      const [head, tail = ''] = text.split('::').map(groupsOf);
      const zeros = Array(8 - head.length - tail.length).fill('0');
      this.canonicalForm = () =>
        [...head, ...zeros, ...tail].map((group) => group.padStart(4, '0')).join(':');
    }
    Address6.fromByteArray = (bytes) =>
      new Address6(Buffer.from(bytes).toString('hex').match(/.{4}/g).join(':'));`,
  // How wide the text of --help is on a terminal, and where its lines break: it is plain ASCII.
  'string-width': 'export default (text) => text.length;',
  'wrap-ansi': `
    export default (text, width) =>
      text.replace(new RegExp('(?!.{1,' + width + '}$)(.{1,' + width + '}) ', 'g'), '$1\\n');`,
  // Only a SOCKS proxy is spoken to in bytes: numbers, names and addresses, one after the other.
  'smart-buffer': `
    export function SmartBuffer(bytes = Buffer.alloc(0)) {
      this.readOffset = 0;
      this.toBuffer = () => bytes;
      this.writeBuffer = (part) => {
        bytes = Buffer.concat([bytes, part]);
      };
      this.readBuffer = (size = bytes.length - this.readOffset) =>
        bytes.subarray(this.readOffset, (this.readOffset += size));
      for (const [name, size] of [['UInt8', 1], ['UInt16BE', 2], ['UInt32BE', 4]]) {
        this['read' + name] = () => this.readBuffer(size).readUIntBE(0, size);
        this['write' + name] = (value) => {
          const part = Buffer.alloc(size);
          part.writeUIntBE(value, 0, size);
          this.writeBuffer(part);
        };
      }
      this.readString = (size) => this.readBuffer(size).toString();
      this.writeString = (text) => this.writeBuffer(Buffer.from(text));
      this.writeStringNT = (text) => this.writeString(text + '\\0');
    }
    SmartBuffer.fromBuffer = (bytes) => new SmartBuffer(bytes);`,
  // Only configs of yargs itself are required.
  'node:module': `
    export function createRequire(from) {
      return (path) => require('node:module').createRequire(from)(path);
    }`,
  // Only what has a colon can be an address of IPv6, and the expression that tells takes long to compile.
  // Few services are asked for no more than a connection.
  'node:net': `
    export function isIP(text) { return require('node:net').isIP(text); }
    export function connect(options) { return require('node:net').connect(options); }
    export function BlockList() { return new (require('node:net').BlockList)(); }
    export default { isIPv6: (text) => text.includes(':') && isIP(text) === 6 };`,
  // An API server compresses only long answers.
  'node:zlib': `
    export default new Proxy({}, { get: (_, name) => require('node:zlib')[name] });`,
};

/** Those of them that CommonJS packages require. */
const REQUIRED = new Set(['debug', 'fast-uri', 'ip-address', 'smart-buffer']);

/** Loading these does nothing but define: what is not used can go. */
const ONLY_DEFINING = /\/node_modules\/(@kubernetes\/client-node|fetch-blob|node-fetch)\//;

const SPECIAL = new RegExp(
  `^(@kubernetes/client-node/.*|fetch-blob(?:/.*)?|node-fetch|${Object.keys(LATE).join('|')})$`,
);
const STOOD_IN = new RegExp(`^(${Object.keys(STAND_INS).join('|')})$`);

/** Where a stage finds that; undefined of everything else. */
function apart(asked) {
  const [file] = Object.entries(APART).find(([, what]) => what === asked) ?? [];
  return file && { path: `./${file}.cjs`, external: true };
}

const RESOLVING = Symbol('resolving');

export const slender = {
  name: 'slender',
  setup({ initialOptions, onLoad, onResolve, resolve }) {
    // A namespace tells only on use that it lacks something.
    initialOptions.logOverride = { 'import-is-undefined': 'error' };
    onResolve({ filter: /^\.\.?\// }, ({ importer, path, resolveDir }) =>
      ONLY_DEFINING.test(importer)
        ? { path: join(resolveDir, path), sideEffects: false }
        : undefined,
    );
    onResolve({ filter: SPECIAL }, async ({ path: name, pluginData, ...args }) => {
      if (pluginData === RESOLVING) return undefined;
      const theStages =
        name === 'node-fetch' && args.importer.includes('/@kubernetes/client-node/');
      const resolveDir = theStages ? process.cwd() : args.resolveDir;
      const { importer, kind, namespace } = args;
      const asked = { importer, kind, namespace, resolveDir, pluginData: RESOLVING };
      const { path, errors } = await resolve(name, asked);
      if (errors.length > 0) return { errors };
      const used = LATE[name];
      if (used && namespace === 'used') return { path: name, external: true };
      return used
        ? { path, namespace: 'late', sideEffects: false, pluginData: used }
        : { path, sideEffects: false };
    });
    onResolve({ filter: /^\.\.?\/.*\.ts$/ }, ({ path: name, resolveDir }) => {
      const path = join(resolveDir, name);
      const used = LATE_MODULES[relative(process.cwd(), path)];
      return used && { path, namespace: 'late', sideEffects: false, pluginData: used };
    });
    onResolve({ filter: /^nodemailer$/ }, ({ path }) => apart(path));
    onResolve({ filter: STOOD_IN }, ({ kind, namespace, path }) =>
      (kind === 'import-statement' || REQUIRED.has(path)) && namespace !== 'stand-in'
        ? { path, namespace: 'stand-in', sideEffects: false }
        : undefined,
    );
    onLoad({ filter: /./, namespace: 'stand-in' }, ({ path }) => ({
      contents: STAND_INS[path],
      resolveDir: process.cwd(),
    }));
    onResolve({ filter: /^used:/ }, ({ path: asked, pluginData }) => {
      const path = asked.slice('used:'.length);
      const used = { path, namespace: 'used', sideEffects: false, pluginData };
      return apart(relative(process.cwd(), path)) ?? used;
    });
    onLoad({ filter: /./, namespace: 'used' }, ({ path, pluginData: used }) => ({
      contents: `export { ${used.join(', ')} } from ${JSON.stringify(path)};`,
      resolveDir: path.startsWith('node:') ? process.cwd() : dirname(path),
    }));
    onLoad({ filter: /./, namespace: 'late' }, ({ path, pluginData: used }) => ({
      contents: callers(path, used),
      resolveDir: path.startsWith('node:') ? process.cwd() : dirname(path),
      pluginData: used,
    }));
  },
};

function callers(path, used) {
  const functions = used.map(
    (name, index) => `
      function late${index}(...args) {
        const real = ${exported(path, name)};
        return new.target ? new real(...args) : real(...args);
      }`,
  );
  const named = used.map((name, index) => `late${index} as ${name}`);
  const members = used.map((name, index) => `${name}: late${index}`);
  const asDefault = used.includes('default') ? '' : `export default { ${members.join(', ')} };`;
  return `${functions.join('\n')}\nexport { ${named.join(', ')} };\n${asDefault}`;
}

/** Of a package only what is used: requiring it whole would keep whatever it exports. */
function exported(path, name) {
  const loaded = `require(${JSON.stringify(`used:${path}`)})`;
  // What a CommonJS package exports as a whole is its default, too.
  return name === 'default' ? `(${loaded}.default ?? ${loaded})` : `${loaded}.${name}`;
}
