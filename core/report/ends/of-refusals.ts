/** Ends before anything was begun: nothing was changed. */
import type { Check } from '../../preflight/finding.ts';
import type { Ending } from './end.ts';

const refusal = (says: (service: string, to: string) => string, next: string): Ending => ({
  says: ({ service, to }) => says(service, to),
  next,
  proof: ['detail'],
});

export const REFUSED_ENDS = {
  'dry-run': refusal(
    (_, to) => `${to} was only tried, as it was asked`,
    'Release it, where the forecast is to your liking.',
  ),
  'same-version': refusal(
    (service, to) => `${service} runs ${to} already`,
    'Nothing to do; pods are started anew with when-unchanged=release.',
  ),
  'bad-input': refusal(
    (service) => `the request for ${service} or its release config has faults`,
    'Mend every fault that the log of the first stage lists.',
  ),
  preflight: refusal(
    (service) => `${service} is not fit to be released now`,
    'Mend what pre-validation lists in its log.',
  ),
  'service-held': refusal(
    (service) => `another release of ${service} is under way`,
    'Wait for its end, or start the run with concurrency=queue.',
  ),
  'cluster-away': refusal(
    () => 'the cluster did not answer, or did not allow what is needed',
    'See to the API server and to the rights of the stage; then release again.',
  ),
  'gave-way': refusal(
    (_, to) => `the run of ${to} gave way to a later one`,
    'Nothing to do: the later run releases what this one would have.',
  ),
  'no-turn': refusal(
    (_, to) => `the run of ${to} did not get its turn in time`,
    'See what holds the service, then run it again, or raise queue-limit.',
  ),
  'not-begun': refusal(
    (_, to) => `the run of ${to} ended before anything was begun`,
    'Read the log of the stage that the detail names.',
  ),
  'not-prepared': refusal(
    (service, to) => `the database of ${service} was not brought to where ${to} needs it`,
    'Read the log of the migration, then run it again; the detail names what is left.',
  ),
} as const satisfies Readonly<Record<string, Ending>>;

/** A refusing check by its name: the message of preflight is the detail. */
export const CHECK_ENDS = {
  'deployment-unhealthy': refusal(
    (service) => `not all pods of ${service} are available, so there is nothing safe to go back to`,
    'Mend what runs now; or ignore the check where this release is the repair.',
  ),
  'deployment-paused': refusal(
    (service) => `the Deployment of ${service} is paused`,
    'kubectl rollout resume it, when whoever paused it agrees.',
  ),
  endpoints: refusal(
    (service) => `the Service of ${service} does not reach all of its pods`,
    'Mend its selector or the readiness of the pods.',
  ),
  capacity: refusal(
    (_, to) => `there is no room for the pods of ${to} beside the old ones`,
    'Add nodes or quota, or release with strategy rolling.',
  ),
  'owned-by-controller': refusal(
    (service) => `${service} is kept by another controller`,
    'Release it through what owns it.',
  ),
  'not-admitted': refusal(
    (_, to) => `the cluster would not admit what ${to} needs`,
    'Read the message of the policy in the detail, and satisfy it.',
  ),
  'too-long': refusal(
    (_, to) => `releasing ${to} takes longer than it may, even if all goes well`,
    'Shorten the steps, or raise limits.maxDuration.',
  ),
  'two-versions': refusal(
    (service) => `${service} cannot run in two versions at a time`,
    'Use RollingUpdate and volumes that two pods may share.',
  ),
  'no-readiness-probe': refusal(
    (service) => `${service} has no readiness probe, so pods get requests too early`,
    'Give its container a readinessProbe.',
  ),
  'grace-too-short': refusal(
    (service) => `pods of ${service} are killed before they can answer open requests`,
    'Raise terminationGracePeriodSeconds as the detail says.',
  ),
  'no-surge': refusal(
    (service) => `${service} has a single pod that would be replaced in place`,
    'Give it two replicas, or release in a maintenance window.',
  ),
  'not-ready-addresses': refusal(
    (service) => `the Service of ${service} sends requests to pods that are not ready`,
    'Take publishNotReadyAddresses off it.',
  ),
  'stable-fails-smoke': refusal(
    (service) => `what runs of ${service} now fails the smoke checks itself`,
    'Mend the check or the service: no version could pass it.',
  ),
  'stable-lacks-header': refusal(
    (service) => `${service} does not answer with the header of drain.confirm`,
    'Send that header, or leave drain.confirm out.',
  ),
  'stable-lacks-hook': refusal(
    (service) => `nothing listens at the drain hook of ${service}`,
    'Open that port, or leave drain.hook out.',
  ),
  'stable-too-few': refusal(
    (service) => `too few pods of ${service} are ready to carry their part of the traffic`,
    'Release the repair with strategy blue-green, all at once, or with rolling.',
  ),
  'unsafe-migration': refusal(
    (service) => `a migration of ${service} would hold up who reads or writes its database`,
    'Write the statement as the detail says.',
  ),
  'no-metrics': refusal(
    (service) => `the metrics that ${service} is to be judged by cannot be read`,
    'Mend the page or the query that the detail names.',
  ),
  'needs-version': refusal(
    (_, to) => `what ${to} needs is not there in the version that it needs`,
    'Release first what the detail names, in a version that fits.',
  ),
  'breaks-consumer': refusal(
    (_, to) => `${to} would break who needs it`,
    'Release first who the detail names, in a version that takes this one.',
  ),
  'upgrade-path': refusal(
    (service, to) => `${service} may not go to ${to} from what runs now`,
    'Release first the version that the detail names.',
  ),
  'breaking-change': refusal(
    (_, to) => `${to} breaks what others may rely on`,
    'See that they are ready, then ignore the check for this release, with the reason.',
  ),
  'schema-floor': refusal(
    (_, to) => `${to} cannot run on the database as it is now`,
    'Release a version that knows the schema of today.',
  ),
  'version-unknown': refusal(
    (service) => `it is not known which versions meet where ${service} is released`,
    'Use tags that are versions, as the detail says.',
  ),
  frozen: refusal(
    (service) => `nothing of ${service} is released now`,
    'Release it when the freeze is over; or ignore the check for today, with the reason.',
  ),
  'no-backup': refusal(
    (service) => `there is no recent backup of ${service}`,
    'Make one, as the detail says.',
  ),
  'certificate-expires': refusal(
    (service) => `a certificate of ${service}, or of what it depends on, is not valid now`,
    'Renew the certificate that the detail names; or ignore the check where clients do not look at it.',
  ),
  'dependency-away': refusal(
    (service) => `what ${service} depends on does not answer`,
    'See to what the detail names; no version could do without it.',
  ),
  'error-budget': refusal(
    (service) => `too little is left of the error budget of ${service}`,
    'Release what mends it alone, until there is a budget again.',
  ),
  'config-missing': refusal(
    (_, to) => `the pods of ${to} could not start without config that is not there`,
    'Apply the ConfigMap that the detail names.',
  ),
} as const satisfies Partial<Readonly<Record<Check, Ending>>>;
