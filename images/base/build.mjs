// Makes a base for the stages' images from npm and Debian alone, for where no registry can be reached:
// `make base-image`. Node, the libraries it is linked to, CA certificates; no shell, no package manager.
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { buildImage } from '../tool.mjs';
import { debianFiles } from './debian.mjs';
import { NODE_VERSION, nodeFor } from './node.mjs';

const PACKAGES = ['ca-certificates', 'gcc-12-base', 'libc6', 'libgcc-s1', 'libstdc++6'];
/** Those that bring the terms of the others as well. */
const TERMS = ['ca-certificates', 'gcc-12-base', 'libc6'];

/** What `ldd` says of Node; the loader stands at the path that is written into every program. */
const LIBRARIES = [
  'libc.so.6',
  'libdl.so.2',
  'libgcc_s.so.1',
  'libm.so.6',
  'libpthread.so.0',
  'libstdc++.so.6',
];
const PLACES = {
  amd64: { libraries: 'x86_64-linux-gnu', loader: 'lib64/ld-linux-x86-64.so.2' },
  arm64: { libraries: 'aarch64-linux-gnu', loader: 'lib/ld-linux-aarch64.so.1' },
};

const PASSWD = `root:x:0:0:root:/root:/sbin/nologin
nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin
`;
const GROUP = `root:x:0:
nonroot:x:65532:
`;

function layOut(processor) {
  const root = `dist/base/${processor}`;
  rmSync(root, { recursive: true, force: true });
  const copy = (from, to) => {
    mkdirSync(dirname(join(root, to)), { recursive: true });
    cpSync(from, join(root, to), { dereference: true });
  };
  const write = (to, text) => {
    mkdirSync(dirname(join(root, to)), { recursive: true });
    writeFileSync(join(root, to), text);
  };
  const node = nodeFor(processor);
  copy(join(node, 'bin/node'), 'nodejs/bin/node');
  copy(join(node, 'LICENSE'), 'nodejs/LICENSE');

  const debian = debianFiles(processor, PACKAGES);
  const { libraries, loader } = PLACES[processor];
  for (const name of LIBRARIES) {
    const [found] = ['lib', 'usr/lib']
      .map((place) => join(debian, place, libraries))
      .filter((folder) => readdirSync(folder).includes(name));
    if (!found) throw new Error(`none of ${PACKAGES.join(', ')} brings ${name}`);
    copy(join(found, name), join('lib', libraries, name));
  }
  copy(join(debian, 'lib', libraries, loader.split('/')[1]), loader);
  for (const name of TERMS) {
    const terms = `usr/share/doc/${name}/copyright`;
    copy(join(debian, terms), terms);
  }

  const certificates = join(debian, 'usr/share/ca-certificates/mozilla');
  const bundle = readdirSync(certificates)
    .sort()
    .map((name) => readFileSync(join(certificates, name), 'utf8'));
  write('etc/ssl/certs/ca-certificates.crt', bundle.join(''));
  write('etc/passwd', PASSWD);
  write('etc/group', GROUP);
  mkdirSync(join(root, 'home/nonroot'), { recursive: true });
  mkdirSync(join(root, 'tmp'));
  chmodSync(join(root, 'tmp'), 0o1777);
  return root;
}

const name = process.env.BASE || `localhost/zero-downtime-deployment/base:node-${NODE_VERSION}`;
buildImage(name, (processor) => ({
  file: 'images/base/Containerfile',
  context: layOut(processor),
  args: { VERSION: NODE_VERSION },
}));
