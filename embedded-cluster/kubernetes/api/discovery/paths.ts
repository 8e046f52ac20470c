/** What lies outside the resources: versions, health, discovery. */

import type { Kind } from '../../definitions/kind.ts';
import type { Store } from '../../store/store.ts';
import type { FrontOptions } from '../call.ts';
import { openApiV2 } from '../openapi/v2.ts';
import { documentList, openApiV3 } from '../openapi/v3.ts';
import { type ApiRequest, type ApiResponse, json, text } from '../request/http.ts';
import type { PathTarget } from '../request/target.ts';
import { aggregatedDiscovery } from './aggregated.ts';
import { groupList, groupOf, resourceList, versionsOfCore } from './legacy.ts';

const VERSION = {
  major: '1',
  minor: '36',
  gitVersion: 'v1.36.2',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: '',
  compiler: '',
  platform: 'linux/amd64',
};

export function answerPath(
  store: Store,
  { catalog }: FrontOptions,
  { headers }: ApiRequest,
  { path, query }: PathTarget,
): ApiResponse {
  const steps = path.split('/').filter((step) => step !== '');
  const kinds = catalog.kinds();
  const health = healthOf(steps, query);
  if (health) return health;
  const answer = ((): unknown => {
    switch (`${steps[0]}:${steps.length}`) {
      case 'version:1':
        return VERSION;
      case 'api:1':
        return aggregatedDiscovery(kinds, 'api', headers.accept) ?? versionsOfCore(kinds);
      case 'apis:1':
        return aggregatedDiscovery(kinds, 'apis', headers.accept) ?? groupList(kinds);
      case 'api:2':
        return resourceList(kinds, '', steps[1] ?? '');
      case 'apis:2':
        return groupOf(kinds, steps[1] ?? '');
      case 'apis:3':
        return resourceList(kinds, steps[1] ?? '', steps[2] ?? '');
      case 'openapi:2':
        return steps[1] === 'v2' ? protobufDocument(store, kinds) : documentList(kinds);
      default:
        if (steps[0] !== 'openapi' || steps[1] !== 'v3') return undefined;
        return openApiV3(store, kinds, steps.slice(2).join('/'));
    }
  })();
  if (answer === undefined) return text(404, '404 page not found\n');
  return isResponse(answer) ? answer : json(200, answer);
}

function protobufDocument(store: Store, kinds: readonly Kind[]): ApiResponse {
  const type = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';
  return { status: 200, headers: { 'content-type': type }, body: openApiV2(store, kinds) };
}

function isResponse(answer: unknown): answer is ApiResponse {
  return typeof answer === 'object' && answer !== null && 'status' in answer && 'headers' in answer;
}

function healthOf(steps: readonly string[], query: URLSearchParams): ApiResponse | undefined {
  const [check] = steps;
  if (check !== 'healthz' && check !== 'livez' && check !== 'readyz') return undefined;
  if (!query.has('verbose')) return text(200, 'ok');
  return text(200, `[+]ping ok\n[+]store ok\n${check} check passed\n`);
}
