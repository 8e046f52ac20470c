// Whom a Service reaches, by every family of addresses that it has.
import { describe, expect, test } from '@jest/globals';
import {
  endpointsAre,
  reachedByFamily,
  readyByEveryFamily,
  readyPods,
} from '../../../core/kubernetes/endpoints.ts';
import type { EndpointSlice } from '../../../core/kubernetes/network-objects.ts';
import { slice } from '../support/objects.ts';

function ofFamily(addressType: 'IPv4' | 'IPv6', pods: readonly string[]): EndpointSlice {
  return { ...slice(pods), addressType };
}

describe('a dual-stack Service', () => {
  const late = [ofFamily('IPv4', ['green']), ofFamily('IPv6', ['blue'])];

  test('whose families do not agree reaches by either, and is where neither wants it', () => {
    expect(readyPods(late)).toEqual(new Set(['green', 'blue']));
    expect(readyByEveryFamily(late)).toEqual(new Set());
    expect(endpointsAre(new Set(['green']), reachedByFamily(late))).toBe(false);
    expect(endpointsAre(new Set(['blue']), reachedByFamily(late))).toBe(false);
  });

  test('has moved once both families say so, over however many slices', () => {
    const moved = [ofFamily('IPv4', ['a']), ofFamily('IPv4', ['b']), ofFamily('IPv6', ['b', 'a'])];
    expect(endpointsAre(new Set(['a', 'b']), reachedByFamily(moved))).toBe(true);
  });

  test('one family without endpoints yet is not there', () => {
    const half = [ofFamily('IPv4', ['a']), ofFamily('IPv6', [])];
    expect(endpointsAre(new Set(['a']), reachedByFamily(half))).toBe(false);
  });
});

test.each<[string, readonly EndpointSlice[]]>([
  ['no slice', []],
  ['a slice whose endpoints are null', [{ ...slice([]), endpoints: null }]],
  ['a slice without endpoints', [slice([])]],
])('%s is nobody, and nothing that was waited for', (_, slices) => {
  expect(readyPods(slices)).toEqual(new Set());
  expect(endpointsAre(new Set(), reachedByFamily(slices))).toBe(false);
});
