// Kubernetes allows a Service a name of 63 characters: what is made from it has to fit as well.
import { describe, expect, test } from '@jest/globals';
import { instant, releaseId } from '../../../core/base/vocabulary.ts';
import { findSubject } from '../../../core/cluster/subject.ts';
import { resolveSettings } from '../../../core/config/settings.ts';
import { derivedName } from '../../../core/kubernetes/names.ts';
import { planRelease } from '../../../core/plan/planning.ts';
import { APP, deployment, pod, REPOSITORY, service } from '../support/objects.ts';
import { settingsFor } from '../support/play.ts';

const previewOf = (name: string): string => {
  const params = { namespace: 'd', imageTag: 'v1', imageRepository: '', strategy: '' } as const;
  return resolveSettings({ ...params, service: name }).previewService;
};

describe('a derived name', () => {
  test.each(Array.from({ length: 63 }, (_, index) => index + 1))(
    'fits for a service name of %i characters, and is a name',
    (length) => {
      const preview = previewOf('a'.repeat(length));
      expect(preview).toMatch(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/);
    },
  );

  test('is as it was where it fits', () => {
    expect(previewOf('pay')).toBe('pay-preview');
    expect(previewOf('a'.repeat(55))).toBe(`${'a'.repeat(55)}-preview`);
  });

  test('differs where only the end that is cut differs, and never changes', () => {
    const long = 'orders-and-fulfilment-service-of-the-northern-region-of-the-';
    expect(previewOf(`${long}a`)).not.toBe(previewOf(`${long}b`));
    expect(previewOf(`${long}a`)).toBe(
      'orders-and-fulfilment-service-of-the-northern-r-0qlmd29-preview',
    );
  });

  test('has no hyphen or dot before the hash', () => {
    expect(derivedName(`${'a'.repeat(46)}.${'b'.repeat(10)}`, 'preview', 63)).not.toMatch(
      /[-.]{2}/,
    );
  });
});

describe("the candidate's Deployment beside a long name", () => {
  const candidateOf = (name: string, colour: 'blue' | 'none', others: readonly string[] = []) => {
    const labels = colour === 'blue' ? { app: APP, version: 'blue' } : { app: APP };
    const green = { app: APP, version: 'green' };
    const own = deployment(name, 'v1', labels);
    const deployments = [own, ...others.map((other) => deployment(other, 'v0', green, 0))];
    const wanted = { name: undefined, container: undefined };
    const found = findSubject(APP, 'default', service(labels), deployments, wanted);
    if (found.kind === 'not-found') throw new Error(found.why);
    const planned = planRelease({
      release: releaseId('r'),
      at: instant(0),
      settings: settingsFor('blue-green'),
      subject: found.subject,
      image: { reference: `${REPOSITORY}:v2`, tag: 'v2', digest: undefined },
      metrics: { kind: 'none', why: '' },
      pods: [pod('p', { ...labels, 'pod-template-hash': 'h' }, `${REPOSITORY}:v1`)],
      others: new Map(),
      deployments,
      previewService: undefined,
    });
    if (planned.kind !== 'planned' || planned.plan.strategy === 'rolling')
      throw new Error('no plan');
    return planned.plan.candidate.name;
  };

  test('leaves room for a ReplicaSet and pods', () => {
    for (const length of [1, 57, 58, 63, 100, 253]) {
      const name = candidateOf('d'.repeat(length), 'none');
      expect(name).toMatch(/-green$/);
      if (length > 57) expect(name.length).toBeLessThanOrEqual(63 - '-0123456789-01234'.length);
      else expect(name).toBe(`${'d'.repeat(length)}-green`);
    }
  });

  test('is the one that an earlier release made, whether its name was cut or not', () => {
    const long = `${'d'.repeat(60)}-green`;
    expect(candidateOf(`${'d'.repeat(60)}-blue`, 'blue', [long])).toBe(long);
    const first = candidateOf(`${'d'.repeat(60)}-blue`, 'blue');
    expect(first).not.toBe(long);
    expect(candidateOf(`${'d'.repeat(60)}-blue`, 'blue', [first])).toBe(first);
  });

  test('of a name that was cut is the one from which it was', () => {
    const green = `${'d'.repeat(60)}-green`;
    const cut = derivedName('d'.repeat(60), 'blue', 46);
    expect(candidateOf(cut, 'blue', [green])).toBe(green);
  });
});
