/** What is known of the image, and what of that speaks against it. */

import { formatDuration } from '../../base/duration.ts';
import { registryOf } from '../../base/image.ts';
import type { Instant } from '../../base/vocabulary.ts';
import { timestampOf } from '../../kubernetes/time.ts';
import { type Finding, found } from '../finding.ts';
import type { Gates } from '../policy/policy.ts';
import type { ReportHead } from '../reports/report.ts';

/** What runs on one kind of machine. */
export interface PlatformImage {
  /** `linux/amd64`, `linux/arm/v7`. */
  readonly platform: string;
  readonly manifest: string;
  /** Of its config, which scanners call the image's id. */
  readonly config: string;
}

export interface CheckedImage {
  readonly repository: string;
  readonly tag: string;
  /** Of the index, or of the one manifest that there is. */
  readonly digest: string;
  readonly platforms: readonly PlatformImage[];
}

export function digestsOf({ digest, platforms }: CheckedImage): string[] {
  return [digest, ...platforms.flatMap(({ manifest, config }) => [manifest, config])];
}

/** Each list has to have the repository, or what it lies below. */
export function registryFindings(
  repository: string,
  lists: readonly (readonly string[])[],
): Finding[] {
  const { host, path } = registryOf(repository);
  const whole = `${host}/${path}`;
  const isBelow = (allowed: string): boolean =>
    [repository, whole].some((name) => name === allowed || name.startsWith(`${allowed}/`));
  const isAllowed = lists.every((list) => list.some(isBelow));
  return isAllowed ? [] : [found('IMG004', `${repository} is in none of security.registries`)];
}

/** The clocks of two machines are not the same. */
const FUTURE_MS = 5 * 60_000;

/** What keeps a report from being relied on, and which platform it is about. */
export function reportFindings(
  name: string,
  head: ReportHead,
  image: Pick<CheckedImage, 'platforms'>,
  gates: Gates,
  now: Instant,
): { readonly platform: string | undefined; readonly findings: readonly Finding[] } {
  const about = image.platforms.find(({ config }) => config === head.imageId);
  const findings = [
    ...(about ? [] : [otherImage(name, head)]),
    ...ageFindings(name, head, gates, now),
    ...databaseFindings(name, head, gates, now),
  ];
  if (head.endOfLife) {
    findings.push(
      found('VUL002', `${head.operatingSystem ?? 'the system'} is past its end of life`),
    );
  }
  if (!head.lookedAtPackages) {
    findings.push(found('VUL003', `${name} lists no packages that were looked at`));
  }
  return { platform: about?.platform, findings };
}

function otherImage(name: string, { imageId }: ReportHead): Finding {
  const what = imageId === undefined ? 'about no image' : `about the image with config ${imageId}`;
  return found('SCN004', `${name} is ${what}, which is not one of this release's`);
}

function ageFindings(
  name: string,
  { createdAt }: ReportHead,
  { maxReportAgeMs }: Gates,
  now: Instant,
): Finding[] {
  if (createdAt === undefined) return [found('SCN005', `${name} does not say when it was made`)];
  const made = timestampOf(createdAt);
  if (createdAt > now + FUTURE_MS) return [found('SCN005', `${name} says it was made at ${made}`)];
  if (now - createdAt <= maxReportAgeMs) return [];
  const limit = formatDuration(maxReportAgeMs);
  return [found('SCN005', `${name} was made at ${made}, longer ago than ${limit}`)];
}

function databaseFindings(
  name: string,
  { databaseBuiltAt }: ReportHead,
  { maxDatabaseAgeMs, databaseAgeRequired }: Gates,
  now: Instant,
): Finding[] {
  if (databaseBuiltAt === undefined) {
    const message = `${name} does not tell how old its database is`;
    return databaseAgeRequired ? [found('SCN006', message)] : [];
  }
  const built = timestampOf(databaseBuiltAt);
  if (databaseBuiltAt > now + FUTURE_MS) {
    return [found('SCN006', `the database of ${name} says it is of ${built}`)];
  }
  if (now - databaseBuiltAt <= maxDatabaseAgeMs) return [];
  const limit = formatDuration(maxDatabaseAgeMs);
  return [found('SCN006', `the database of ${name} is of ${built}, longer ago than ${limit}`)];
}

/** A platform that pods may run on, and that no report is about. */
export function coverageFindings(
  { platforms }: Pick<CheckedImage, 'platforms'>,
  gates: Gates,
  covered: ReadonlySet<string>,
): Finding[] {
  const needed = gates.platforms ?? platforms.map(({ platform }) => platform);
  if (needed.length === 0) return [found('VUL003', 'the image has no platform that could run')];
  const missing = [...new Set(needed)].filter((platform) => !covered.has(platform));
  return missing.map((platform) => found('VUL003', `no report is about ${platform}`));
}
