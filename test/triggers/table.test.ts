// Forty pushes and what comes of each: which services are released, or a line that says why none is, or
// nothing at all where it is not even known that the host has sent it.
import { describe, expect, test } from '@jest/globals';
import { linesOf, paramsOf, runsOf } from '../../fuzz/pushes/installed.ts';
import { created, tagged } from './pushes.ts';
import { GITHUB } from './pushes-of-github.ts';
import { OTHERS } from './pushes-of-others.ts';

describe('a push', () => {
  test.each([...GITHUB, ...OTHERS])('of %s: %s, %s', (_what, host, event, body, comes) => {
    const all = created(host, event, body);
    const released = runsOf(all).map((run) => {
      const { 'service-name': service, 'image-tag': tag } = paramsOf(run);
      return `${service}@${tag}`;
    });
    const lines = linesOf(all);
    if (comes === 'silence') expect([...released, ...lines]).toEqual([]);
    else if (comes instanceof RegExp) {
      expect(released).toEqual([]);
      expect(lines).toEqual([expect.stringMatching(comes)]);
    } else {
      expect(released.sort()).toEqual([...comes].sort());
      expect(lines).toEqual([]);
    }
  });

  test('is looked at in forty ways at least, and every host is', () => {
    expect(GITHUB.length + OTHERS.length).toBeGreaterThanOrEqual(40);
    expect(new Set([...GITHUB, ...OTHERS].map(([, host]) => host)).size).toBe(4);
  });
});

describe('the line of a push that releases nothing', () => {
  test('is an Event of the listener, which the API server takes', () => {
    const [event] = created('github', 'push', tagged('nightly'));
    expect(event).toEqual({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { generateName: 'push-not-released-' },
      involvedObject: {
        apiVersion: 'triggers.tekton.dev/v1beta1',
        kind: 'EventListener',
        name: 'zero-downtime-github',
        namespace: 'ci',
      },
      type: 'Normal',
      reason: 'PushNotReleased',
      message: expect.stringMatching(
        /^push to shop\/payment-service, tag nightly: releases nothing, /,
      ),
      source: { component: 'zero-downtime-github' },
    });
  });
});
