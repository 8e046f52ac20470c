// Lists: pages that fit together, selectors, and revisions that are gone or not yet there.
import { beforeEach, describe, expect, test } from '@jest/globals';
import { createTestApi, type Loose, type TestApi } from './support.ts';

const MAPS = '/api/v1/namespaces/shop/configmaps';
const namesIn = (body: Loose): string[] => body.items.map((item: Loose) => item.metadata.name);

describe('a list', () => {
  let api: TestApi;
  const add = (name: string, labels = {}): void => {
    api.post(MAPS, { metadata: { name, labels } });
  };

  beforeEach(() => {
    api = createTestApi();
    api.post('/api/v1/namespaces', { metadata: { name: 'shop' } });
    api.delete(`${MAPS}/kube-root-ca.crt`);
    add('a', { app: 'shop', tier: 'web' });
    add('b', { app: 'shop', tier: 'db' });
    add('c', { app: 'bank' });
    add('d');
  });

  test('is typed as the list of its kind, and its items are not typed again', () => {
    const { body } = api.get(MAPS);
    expect(body).toMatchObject({ kind: 'ConfigMapList', apiVersion: 'v1' });
    expect(body.metadata.resourceVersion).toBe(String(api.world.store.revision()));
    expect(body.items[0].kind).toBeUndefined();
  });

  test('of custom objects types its items', () => {
    const path = '/apis/tekton.dev/v1/namespaces/shop/pipelineruns';
    const sent = { metadata: { name: 'r' }, spec: { pipelineRef: { name: 'p' } } };
    expect(api.post(path, sent).status).toBe(201);
    const { body } = api.get(path);
    expect(body.kind).toBe('PipelineRunList');
    expect(body.items[0]).toMatchObject({ kind: 'PipelineRun', apiVersion: 'tekton.dev/v1' });
  });

  test('spans namespaces where the URL names none', () => {
    api.post('/api/v1/namespaces/default/configmaps', { metadata: { name: 'z' } });
    expect(namesIn(api.get('/api/v1/configmaps').body)).toEqual(expect.arrayContaining(['a', 'z']));
  });

  test.each([
    ['labelSelector=app%3Dshop', ['a', 'b']],
    ['labelSelector=app%3D%3Dshop%2Ctier%21%3Ddb', ['a']],
    ['labelSelector=app', ['a', 'b', 'c']],
    ['labelSelector=%21app', ['d']],
    ['labelSelector=tier%20in%20(web%2Cdb)', ['a', 'b']],
    ['labelSelector=tier%20notin%20(web)', ['b', 'c', 'd']],
    ['fieldSelector=metadata.name%3Dc', ['c']],
    ['fieldSelector=metadata.name%21%3Dc', ['a', 'b', 'd']],
    ['labelSelector=app&fieldSelector=metadata.name%3Db', ['b']],
  ])('with %s is %j', (query, names) => {
    expect(namesIn(api.get(`${MAPS}?${query}`).body)).toEqual(names);
  });

  test('of events can be selected by what they are about', () => {
    const path = '/api/v1/namespaces/shop/events';
    for (const name of ['x', 'y']) {
      const involvedObject = { kind: 'Pod', namespace: 'shop', name, uid: `uid-${name}` };
      api.post(path, { metadata: { name }, involvedObject, reason: 'Test' });
    }
    const selector = encodeURIComponent('involvedObject.name=y,involvedObject.uid=uid-y');
    expect(namesIn(api.get(`${path}?fieldSelector=${selector}`).body)).toEqual(['y']);
  });

  test('that selects by a field of its own spelling is refused', () => {
    expect(api.get(`${MAPS}?labelSelector=a%20b%20c`).status).toBe(400);
    expect(api.get(`${MAPS}?fieldSelector=nonsense`).status).toBe(400);
  });

  test('in pages shows one moment, whatever happens between them', () => {
    const first = api.get(`${MAPS}?limit=2`).body;
    expect(namesIn(first)).toEqual(['a', 'b']);
    expect(first.metadata.remainingItemCount).toBe(2);
    add('bb');
    api.delete(`${MAPS}/c`);
    api.patch(`${MAPS}/d`, 'application/merge-patch+json', { data: { changed: 'later' } });
    const token = encodeURIComponent(first.metadata.continue);
    const second = api.get(`${MAPS}?limit=2&continue=${token}`).body;
    expect(namesIn(second)).toEqual(['c', 'd']);
    expect(second.items[1].data).toBeUndefined();
    expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
    expect(second.metadata.continue).toBeUndefined();
  });

  test('whose page has waited too long must start anew', () => {
    const { body } = api.get(`${MAPS}?limit=1`);
    add('later');
    api.world.store.compact();
    const answer = api.get(
      `${MAPS}?limit=1&continue=${encodeURIComponent(body.metadata.continue)}`,
    );
    expect(answer.status).toBe(410);
    expect(answer.body.reason).toBe('Expired');
  });

  test('with a continue token of somebody else is refused', () => {
    expect(api.get(`${MAPS}?continue=garbage`).status).toBe(400);
  });

  test('can be had exactly as it was', () => {
    const { resourceVersion } = api.get(MAPS).body.metadata;
    api.delete(`${MAPS}/a`);
    const query = `resourceVersion=${resourceVersion}&resourceVersionMatch=Exact`;
    expect(namesIn(api.get(`${MAPS}?${query}`).body)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('of a revision that has not been yet times out', () => {
    const answer = api.get(`${MAPS}?resourceVersion=999999`);
    expect(answer.status).toBe(504);
    expect(answer.body.message).toMatch(/^Too large resource version: 999999, current: \d+$/);
    expect(answer.headers['retry-after']).toBe('1');
  });
});
