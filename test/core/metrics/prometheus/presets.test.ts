// Errors that are looked for under the wrong label are none: then every candidate is good.
import { expect, test } from '@jest/globals';
import { PRESET_QUERIES } from '../../../../core/metrics/prometheus/presets.ts';

test('errors are looked for under every label by which servers tell a status', () => {
  expect(PRESET_QUERIES.http.errors).toEqual([
    'http_requests_total{status=~"5.."}',
    'http_requests_total{code=~"5.."}',
    'http_requests_total{status_code=~"5.."}',
  ]);
});
