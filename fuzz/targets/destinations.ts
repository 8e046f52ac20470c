/** The installer's list of where a config may lead, and URLs held against it. */

import { StageFailure } from '../../effects/base/failure.ts';
import { addressIssue, loadDestinations, urlIssue } from '../../effects/context/destinations.ts';
import { CANARY, insist, type Target } from '../target.ts';

const URLS = [
  'http://a.shop.svc/x',
  'http://10.1.2.3',
  'http://[fd12::1]:80/',
  'https://h.example',
];
const OWN = { namespaces: ['shop'], hosts: [], networks: [] };

export const destinations: Target = {
  name: 'destinations',
  form: 'text',
  words: [
    ...[
      'namespaces: [a]',
      'hosts: ["*"]',
      'hosts: ["*.example"]',
      'networks: [10.0.0.0/8]',
      '::/0',
    ],
    ...['0.0.0.0/0', '/33', '1.2.3.4/', 'fe80::/10', '::ffff:1.2.3.4/120'],
  ],
  read: async (input) => {
    try {
      const found = { data: { 'destinations.yaml': input } };
      const to = await loadDestinations({ get: async <T>() => found as T }, 'ci', 'shop'); // the one object
      for (const url of URLS) urlIssue(url, to);
      addressIssue('10.1.2.3', to);
      addressIssue('::1', to);
      return [];
    } catch (thrown) {
      if (!(thrown instanceof StageFailure)) throw thrown;
      return [thrown.message, thrown.advice ?? ''];
    }
  },
};

/** Of a URL only its host is told. */
export const urls: Target = {
  name: 'url',
  form: 'text',
  words: [
    ...[
      'http://',
      'https://',
      'file:///',
      '@',
      ':80',
      '[::1]',
      '[::ffff:7f00:1]',
      '127.1',
      '0x7f.1',
    ],
    ...['2130706433', '169.254.169.254', 'localhost', '.localhost', 'kubernetes.default.svc', '.'],
    ...['prometheus.shop.svc.cluster.local', '%2e', '%31', '。', '①', '/../', '?', '#', '\\'],
  ],
  read: (input) => {
    const fault = urlIssue(input, OWN);
    const isOwn =
      URL.canParse(input) &&
      /^[a-z0-9-]+(\.shop(\.svc(\.cluster\.local)?)?)?\.?$/.test(new URL(input).hostname);
    insist(fault !== undefined || isOwn, 'a URL that leads elsewhere was allowed');
    return fault === undefined ? [] : [fault];
  },
  mayTell: (input) => URL.canParse(input) && new URL(input).hostname.includes(CANARY),
};
