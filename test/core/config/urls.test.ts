// Every URL that a config names is looked at before anything is asked: one that is forgotten leads anywhere.
import { expect, test } from '@jest/globals';
import { configuredUrls } from '../../../core/config/urls.ts';
import { settingsFor } from '../support/play.ts';

const SETTINGS = settingsFor('blue-green', {
  analysis: {
    providers: { prometheus: { address: 'http://prometheus:9090' } },
    traffic: { provider: 'prometheus' },
    metrics: [
      {
        name: 'queue',
        provider: 'http-json',
        url: 'http://queue/{{side}}',
        path: '$.depth',
        max: 5,
      },
      { name: 'jobs', provider: 'prometheus', query: 'jobs', max: 5 },
    ],
  },
  rollback: {
    triggers: [
      { dependency: { name: 'billing', url: 'http://billing/health' } },
      { dependency: { name: 'ledger', circuitBreaker: 'ledger' } },
      { metric: 'error_rate', value: '5%' },
    ],
  },
  notifications: [
    { type: 'webhook', urlFile: 'told' },
    { type: 'webhook', url: 'http://hooks/pay' },
  ],
} as never); // as a user writes it

test('each is there, with where it stands; what a file holds is nobody’s to read here', () => {
  expect(configuredUrls(SETTINGS)).toEqual([
    { path: '/analysis/providers/prometheus/address', url: 'http://prometheus:9090' },
    { path: '/analysis/metrics (queue) url', url: 'http://queue/{{side}}' },
    { path: '/rollback/triggers (dependency billing) url', url: 'http://billing/health' },
    { path: '/notifications/1/url', url: 'http://hooks/pay' },
  ]);
});

test('a config that names none has none', () => {
  expect(configuredUrls(settingsFor('blue-green'))).toEqual([]);
});
