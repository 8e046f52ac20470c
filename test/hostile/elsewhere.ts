/** Cases that need no simulated world: which test plays each, over loopback or as a table. */

export interface Elsewhere {
  readonly id: string;
  readonly title: string;
  readonly does: string;
  readonly test: string;
  /** Words of a title in that file. */
  readonly named: string;
}

const FILES = 'test/effects/trust/files.test.ts';
const ANSWERS = 'test/effects/trust/answers.test.ts';

export const ELSEWHERE: readonly Elsewhere[] = [
  {
    id: 'hostile a, v, nn',
    title: 'release.yaml is a link to a token, or a path that leads out of its workspace',
    does: 'bad input (exit 2) that names the path and what is wrong, and nothing of the file',
    test: FILES,
    named: 'tells nothing of the secret',
  },
  {
    id: 'hostile b',
    title: 'tokenFile leads to the token of the stage',
    does: 'bad input (exit 2) where it is written with `..`; by a link nothing is read and nothing is asked, and the metric is unmeasurable',
    test: FILES,
    named: 'as a token leads no token out of another folder',
  },
  {
    id: 'hostile c, c2',
    title: 'metrics pages that make a parser run for seconds',
    does: 'read in one pass; a page of a megabyte takes less than a second of a processor',
    test: ANSWERS,
    named: 'is read in time that grows with its length alone',
  },
  {
    id: 'hostile d',
    title: 'an answer of 400 KB that unpacks to 400 MB',
    does: 'given up at 4 MiB',
    test: ANSWERS,
    named: 'is given up',
  },
  {
    id: 'hostile dd',
    title: 'a webhook URL that is a secret, and cannot be reached',
    does: 'the log names no part of it',
    test: ANSWERS,
    named: 'does not tell the URL',
  },
  {
    id: 'hostile e',
    title: 'pods with addresses of IPv6',
    does: 'asked in brackets',
    test: 'test/core/smoke/smoke.test.ts',
    named: 'an address of IPv6 is in brackets',
  },
  {
    id: 'hostile f',
    title: 'conditions and paths that run for ever',
    does: 'bad input: conditions are numbers and operators, paths have no regular expressions',
    test: ANSWERS,
    named: 'cannot do more than compare and compute',
  },
  {
    id: 'hostile ff',
    title: 'listeners that stay on a signal',
    does: 'none is left after ten thousand requests',
    test: 'test/effects/kube/patience.test.ts',
    named: 'leave no listener on the signal',
  },
  {
    id: 'hostile gg, h',
    title: 'clocks of a stage or of recover that are wrong by up to five minutes',
    does: 'a stage lives in the time of the API server; a Lease is taken after its silence was watched',
    test: 'test/effects/kube/cluster-time.test.ts',
    named: 'without a word of the time the own clock is used',
  },
  {
    id: 'hostile hh; field 25',
    title: 'steps that take longer than the Task may',
    does: 'bad input, with both times and the way out',
    test: 'test/core/config/limits.test.ts',
    named: 'is told with both times and the way out',
  },
  {
    id: 'hostile cc; field 11',
    title: 'Service names of up to 63 characters',
    does: 'derived names are cut, with a hash',
    test: 'test/core/kubernetes/names.test.ts',
    named: 'differs where only the end that is cut differs',
  },
  {
    id: 'hostile l; field 01, 02, 03, 24',
    title: 'probes at another port, by TLS, TCP or gRPC, or of a sidecar',
    does: 'asked as the kubelet asks; what the stable itself fails is refused before anything begins',
    test: 'test/core/smoke/smoke.test.ts',
    named: 'of a native sidecar finds it there',
  },
  {
    id: 'hostile ll; field 16',
    title: 'traffic on the probed path; counters of two families; only 4xx',
    does: 'all of it counts; what the release and the kubelet ask themselves is taken off by count',
    test: 'test/core/metrics/page/pod-count.test.ts',
    named: 'answers that blame the client are told apart',
  },
  {
    id: 'hostile m',
    title: 'words of a container that look like lines of the log, or move the cursor',
    does: 'one line, without control characters, and no field that somebody else wrote',
    test: ANSWERS,
    named: 'has no field that somebody else wrote',
  },
  {
    id: 'hostile aa',
    title: 'ten thousand pods in the cluster',
    does: 'listed in pages, and little is kept of each',
    test: 'test/effects/kube/pages.test.ts',
    named: 'is read page by page',
  },
  {
    id: 'hostile o',
    title: 'hundreds of pods with large pages',
    does: 'at most 16 are read at once',
    test: 'test/effects/base/gate.test.ts',
    named: 'works are under way',
  },
  {
    id: 'hostile q',
    title: 'an edited journal names another namespace',
    does: 'refused: what it says does not belong to the service',
    test: 'test/core/journal/belonging.test.ts',
    named: 'of somebody else is not touched',
  },
  {
    id: 'hostile r',
    title: 'registries that answer nonsense, logins in every form of Docker',
    does: 'the image is taken by its tag, or bad input that names the workspace',
    test: FILES,
    named: 'of %s are found however they are written',
  },
  {
    id: 'hostile u',
    title: 'the owner of a route, Service or autoscaler applies it after the release',
    does: 'no conflict: every field is given back',
    test: 'test/verification/handed-back.test.ts',
    named: 'and every owner may apply without force',
  },
  {
    id: 'hostile w',
    title: 'a URL of the config leads to a metadata service, the node or the API server',
    does: 'bad input (exit 2) before anything is asked, whatever name leads there',
    test: 'test/effects/trust/destinations.test.ts',
    named: 'may not lead elsewhere',
  },
  {
    id: 'hostile x, oo',
    title: 'dual-stack slices that disagree, `endpoints: null`',
    does: 'there once every family says so; gone once none does',
    test: 'test/core/kubernetes/endpoints.test.ts',
    named: 'has moved once both families say so',
  },
  {
    id: 'hostile z',
    title: 'Retry-After of 0 and of an hour, 401 with a rotated token',
    does: 'asked with a pause, as long as there is patience; credentials are read anew',
    test: 'test/effects/kube/patience.test.ts',
    named: 'Retry-After: 0',
  },
  {
    id: 'field 27',
    title: 'pushes of pre-releases, of old tags, of a monorepo, of names that no service may have',
    does: 'what the list of repositories asks for is released, once; the rest leaves an Event that says why not',
    test: 'test/triggers/table.test.ts',
    named: 'of %s: %s, %s',
  },
  {
    id: 'field 31, 32',
    title: 'a VirtualService that delegates; several routes to one Service',
    does: 'refused with the name of the delegate; all routes move together',
    test: 'test/core/routers/routes-of-gateway-api.test.ts',
    named: 'HTTPRoutes and GRPCRoutes that lead to the service move together',
  },
];
