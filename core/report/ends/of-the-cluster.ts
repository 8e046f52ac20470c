/** Ends for pods, routes and objects of the cluster, and for others who write to them. */
import type { Ending } from './end.ts';

export const CLUSTER_ENDS = {
  'pods-not-starting': {
    says: ({ to }) => `a pod of ${to} does not start`,
    next: 'Read the last lines of its log and its events in the detail; mend the image or its settings.',
    proof: ['detail'],
  },
  'pods-not-ready': {
    says: ({ to }) => `the pods of ${to} did not become ready in time`,
    next: 'Ask the readiness probe of such a pod yourself; mend it, or raise limits.ready.',
    proof: ['detail'],
  },
  'no-room': {
    says: ({ to }) => `the cluster would not create the pods of ${to}`,
    next: 'Make room: quota, limit range or nodes, as the detail says; then release again.',
    proof: ['detail'],
  },
  'pod-failed': {
    says: ({ to }) => `a pod of ${to} failed while it served`,
    next: 'Read the log of that pod (the detail has its last lines), mend the version, release again.',
    proof: ['detail', 'counts'],
  },
  'pods-lost': {
    says: ({ to }) => `too few pods of ${to} stayed ready`,
    next: 'See what became of the pods: nodes, evictions, readiness; then release again.',
    proof: ['detail', 'counts'],
  },
  'traffic-not-moved': {
    says: ({ to }) => `traffic was not seen to move to ${to}`,
    next: 'Look at the Service, its endpoints and its routes: something in between does not follow them.',
    proof: ['detail', 'moved'],
  },
  'route-refused': {
    says: ({ service }) => `the route of ${service} cannot be changed as the release needs it`,
    next: 'Read in the detail what stands in the way in the route, and put it right.',
    proof: ['detail'],
  },
  'changed-by-others': {
    says: ({ service }) => `somebody else changed ${service} while it was released`,
    next: 'Find out who (the evidence names the writer), let one of the two change it, and release again.',
    proof: ['others', 'detail'],
  },
  'object-gone': {
    says: ({ service }) => `something that ${service} needs was deleted while it was released`,
    next: 'Create again what the detail names, see that the service answers, and release again.',
    proof: ['detail', 'others'],
  },
  'foreign-pods': {
    says: ({ service }) => `pods that are none of this release got requests of ${service}`,
    next: 'Take the labels of the Service off the pods that the detail names, and release again.',
    proof: ['detail'],
  },
  'api-refused': {
    says: ({ service }) => `the cluster refuses what the release of ${service} has to write`,
    next: 'Read its message in the detail: a policy, a quota or a missing permission.',
    proof: ['detail'],
  },
  'cluster-unseen': {
    says: ({ service }) =>
      `the cluster could not be seen for too long while ${service} was released`,
    next: 'See to the API server and to the view of the cluster that the detail names; then release again.',
    proof: ['detail'],
  },
  'record-too-large': {
    says: ({ to }) => `the pod template of ${to} is too large to be remembered`,
    next: 'Move long values of the pod template into a ConfigMap, and release again.',
    proof: ['detail'],
  },
  'record-lost': {
    says: ({ service }) => `what was known of the release of ${service} is gone`,
    next: 'Look at the service and take away by hand what the detail names; then release again.',
    proof: ['detail'],
  },
} as const satisfies Readonly<Record<string, Ending>>;
