/** What an image registry answers: challenge, token, digest; the login beside it; and names of images. */
import { imageText, isTag, parseImage, registryOf, shortImage } from '../../core/base/image.ts';
import { BadInput } from '../../effects/base/failure.ts';
import type { Ask } from '../../effects/http/http.ts';
import { resolveImage } from '../../effects/inputs/image-registry.ts';
import { loginIn } from '../../effects/inputs/registry-login.ts';
import { insist, type Target } from '../target.ts';

const NOWHERE = async () => ({ namespaces: [], hosts: [], networks: [] });
const REALM = /^https:\/\/(r\.example|auth\.docker\.io)\//;

/** The input's lines: the challenge, a status, a digest, and then the token's answer. */
export const registryAnswer: Target = {
  name: 'registry-answer',
  form: 'text',
  words: [
    ...[
      'Bearer realm="https://r.example/token"',
      'service="r"',
      'scope="repository:a:pull"',
      'Basic ',
    ],
    ...[
      'realm="http://169.254.169.254/"',
      '401',
      '200',
      '404',
      '302',
      '{"token": "t"}',
      'access_token',
    ],
    ...['sha256:', '0123456789abcdef', '"', ',', '='],
  ],
  read: async (input) => {
    const [challenge = '', status = '', digest = '', ...body] = input.split('\n');
    const headers = new Map([
      ['www-authenticate', challenge],
      ['docker-content-digest', digest],
    ]);
    const ask: Ask = async ({ url, method, headers: sent = {} }) => {
      insist(REALM.test(url), 'a URL of another host was asked');
      insist(/^[\x20-\x7e]*$/.test(sent.authorization ?? ''), 'a header that is none');
      const answered = { kind: 'answered', headers, body: body.join('\n') } as const;
      const given = Number(status) || 200;
      return { ...answered, status: method === 'GET' || sent.authorization ? given : 401 };
    };
    const found = await resolveImage({ ask, destinations: NOWHERE }, 'r.example/a', 'v1', '');
    if (found.kind === 'missing') return [found.why];
    const { image } = found;
    insist(parseImage(image.reference)?.repository === 'r.example/a', 'another image');
    return found.kind === 'unpinned' ? [found.why, image.reference] : [image.reference];
  },
};

export const registryLogin: Target = {
  name: 'registry-login',
  form: 'json',
  words: ['auths', 'r.example', 'https://r.example', 'auth', 'username', 'password', 'dTpw'],
  read: (input) => {
    try {
      const login = loginIn(input, 'r.example');
      insist(login === undefined || /^[A-Za-z0-9+/=]*$/.test(login), 'a login that is no base64');
      return [];
    } catch (thrown) {
      if (thrown instanceof BadInput) return thrown.faults;
      throw thrown;
    }
  },
};

export const imageReference: Target = {
  name: 'image-reference',
  form: 'text',
  words: ['registry:5000/', 'a/b', ':v1', '@sha256:', 'localhost/', '0'.repeat(64), ':', '@', '/'],
  read: (input) => {
    shortImage(input);
    const parsed = parseImage(input);
    if (!parsed) return [];
    const { repository, tag, digest } = parsed;
    const { host, path } = registryOf(repository);
    const url = `https://${host}/v2/${path}/`;
    const isWhole = !URL.canParse(url) || new URL(url).pathname === `/v2/${path}/`;
    insist(isWhole, 'a name that is another part of a URL');
    if (tag !== undefined) {
      insist(isTag(tag), 'a tag that is none');
      insist(imageText(repository, tag, digest) === input, 'another name than was read');
    }
    return [];
  },
  mayTell: () => true,
};
