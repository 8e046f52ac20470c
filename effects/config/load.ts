/**
 * Loads what the user wrote: the params, and the release config from a file of a workspace or from
 * the ConfigMap beside the service. Checks all of it and tells all faults at once, each with where
 * it stands; nothing has been touched then.
 */

import { dirname, relative } from 'node:path';
import type { ConfigIssue } from '../../core/base/config-issue.ts';
import { durationMs } from '../../core/base/duration.ts';
import { foreignText, kindOf } from '../../core/base/foreign-text.ts';
import { isRepository, isTag } from '../../core/base/image.ts';
import { STRATEGIES, type StrategyName } from '../../core/base/vocabulary.ts';
import { DEPLOY_TIMEOUT } from '../../core/config/deadline.ts';
import type { ReleaseConfig } from '../../core/config/schema.ts';
import { RELEASE_CONFIG_SCHEMA } from '../../core/config/schema.ts';
import { type Asked, resolveAsked } from '../../core/config/sections/before/asked.ts';
import {
  resolveCompatibility,
  type VersionBook,
} from '../../core/config/sections/before/compatibility.ts';
import {
  contradictions,
  type Params,
  resolveSettings,
  type Settings,
} from '../../core/config/settings.ts';
import type { ConfigMap } from '../../core/kubernetes/objects.ts';
import { CHECKS } from '../../core/preflight/finding.ts';
import { resolvePolicy, type SecurityPolicy } from '../../core/security/policy/policy.ts';
import { readDocument, type WrittenDocument } from '../base/document.ts';
import { BadInput, messageOf } from '../base/failure.ts';
import { readFileWithin } from '../base/workspace-file.ts';
import type { Kube } from '../kube/client.ts';
import { type Check, compileCheck, didYouMean } from './check.ts';
import { semanticIssues } from './semantics.ts';

/** The params as they came from the command line. */
export interface GivenParams {
  readonly service: string;
  readonly namespace: string;
  readonly imageTag: string;
  readonly imageRepository: string;
  readonly strategy: string;
  /** `true` or `false`. */
  readonly dryRun: string;
  /** Empty: `<service>-release-config`, which need not exist. */
  readonly configMap: string;
  /** Empty: none. A file wins over the ConfigMap. */
  readonly configFile: string;
  /** What becomes of a version that runs already: `skip` or `release`. Empty: `skip`. */
  readonly whenUnchanged?: string;
  /** How long the deploy Task may take. Empty: as long as in the Pipeline. `any`: no one knows. */
  readonly deployTimeout?: string;
  /** The workspace that the file must be in; by default the folder that it stands in. */
  readonly configDir?: string;
}

interface Source {
  /** `ConfigMap payment-service-release-config`, `file release.yaml`. */
  readonly name: string;
  readonly document: WrittenDocument;
}

/** No one mends more of them at once, and each is looked for in the document. */
const MOST_FAULTS = 100;
const CONFIG_KEY = 'release.yaml';
/** Compiled when it is first needed, and then kept: that is the slowest part of a short stage. */
let check: Check | undefined;
const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

export interface Loaded {
  readonly settings: Settings;
  /** What the config asks of the image and its pods: no part of a plan, and kept in no journal. */
  readonly security: SecurityPolicy | undefined;
  /** What it says of the service's versions: for pre-validation alone. */
  readonly compatibility: VersionBook | undefined;
  /** What it asks to be well around a release: likewise. */
  readonly asked: Asked;
}

/** Throws BadInput with every fault of the params and of the config. */
export async function loadSettings(kube: Pick<Kube, 'get'>, given: GivenParams): Promise<Settings> {
  return (await loadRelease(kube, given)).settings;
}

/** The same, with what is no setting of a release but is asked of it. */
export async function loadRelease(kube: Pick<Kube, 'get'>, given: GivenParams): Promise<Loaded> {
  const params = paramFaults(given);
  // A name that is none cannot be asked for.
  if (params.length > 0 && !DNS_LABEL.test(given.namespace)) throw new BadInput(params);
  const source = await findSource(kube, given);
  const written = source ? configFaults(source) : [];
  const faults = [...params, ...written];
  if (faults.length > 0) throw new BadInput(faults);
  const config = source?.document.value as ReleaseConfig | undefined; // checked above
  const settings = resolveSettings(paramsOf(given), config);
  const contradicting = contradictions(settings, stageMsOf(given)).map((fault) =>
    at(source, fault),
  );
  if (contradicting.length > 0) throw new BadInput(contradicting);
  const { security, compatibility, preflight } = config ?? {};
  return {
    settings,
    security: security && resolvePolicy(security, 'release config'),
    compatibility: compatibility && resolveCompatibility(compatibility, 'the release config'),
    asked: resolveAsked(preflight),
  };
}

function paramFaults(given: GivenParams): string[] {
  const faults: string[] = [];
  if (!DNS_LABEL.test(given.service)) {
    faults.push(`param service-name: "${foreignText(given.service)}" is not the name of a Service`);
  }
  if (!DNS_LABEL.test(given.namespace)) {
    faults.push(
      `param namespace: "${foreignText(given.namespace)}" is not the name of a namespace`,
    );
  }
  if (!isTag(given.imageTag)) {
    faults.push(`param image-tag: "${foreignText(given.imageTag)}" is not an image tag`);
  }
  if (given.imageRepository !== '' && !isRepository(given.imageRepository)) {
    const shown = foreignText(given.imageRepository);
    faults.push(
      `param image-repository: "${shown}" is not the name of a repository such as registry.example/team/app`,
    );
  }
  if (given.strategy !== '' && !isStrategy(given.strategy)) {
    const suggestion = didYouMean(given.strategy, STRATEGIES);
    faults.push(
      `param deployment-strategy: "${foreignText(given.strategy)}" must be one of ${STRATEGIES.join(', ')}${suggestion}`,
    );
  }
  if (!['', 'skip', 'release'].includes(given.whenUnchanged ?? '')) {
    faults.push(
      `param when-unchanged: "${foreignText(given.whenUnchanged ?? '')}" must be one of skip, release`,
    );
  }
  if (stageMsOf(given) === 0) {
    faults.push(
      `param deploy-timeout: "${foreignText(given.deployTimeout ?? '')}" is not a duration such as 40m`,
    );
  }
  if (given.dryRun !== 'true' && given.dryRun !== 'false') {
    faults.push(`param dry-run: "${foreignText(given.dryRun)}" must be one of true, false`);
  }
  return faults;
}

/** 0 where it is not a duration. */
function stageMsOf({ deployTimeout = '' }: GivenParams): number {
  if (deployTimeout === 'any') return Number.POSITIVE_INFINITY;
  return durationMs(deployTimeout || DEPLOY_TIMEOUT, '0');
}

function isStrategy(text: string): text is StrategyName {
  return STRATEGIES.some((name) => name === text);
}

function paramsOf({
  service,
  namespace,
  imageTag,
  imageRepository,
  strategy,
  whenUnchanged,
}: GivenParams): Params {
  return {
    service,
    namespace,
    imageTag,
    imageRepository,
    strategy: isStrategy(strategy) ? strategy : '',
    whenUnchanged: whenUnchanged === 'release' ? 'release' : 'skip',
  };
}

async function findSource(
  kube: Pick<Kube, 'get'>,
  given: GivenParams,
): Promise<Source | undefined> {
  if (given.configFile !== '') {
    const { configFile, configDir = dirname(configFile) } = given;
    const path = relative(configDir, configFile);
    const file = foreignText(path);
    const text = await readFileWithin(configDir, path).catch((thrown: unknown) => {
      throw new BadInput([`release config: file ${file} ${messageOf(thrown)}`]);
    });
    return { name: `file ${file}`, document: readDocument(text) };
  }
  const name = given.configMap || `${given.service}-release-config`;
  const { namespace } = given;
  const found = await kube.get<ConfigMap>({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name });
  if (!found && given.configMap === '') return undefined;
  const text = found?.data?.[CONFIG_KEY];
  if (text === undefined) {
    const why = found ? `has no key ${CONFIG_KEY}` : `not found in namespace ${namespace}`;
    throw new BadInput([`release config: ConfigMap ${name} ${why}`]);
  }
  return { name: `ConfigMap ${name}`, document: readDocument(text) };
}

function configFaults(source: Source): string[] {
  const { document } = source;
  if (document.faults.length > 0)
    return document.faults.map(({ message }) => `${source.name} ${message}`);
  // Another document's keys may be secrets as much as its values: nothing of it is told.
  if (!isReleaseConfig(document.value)) {
    const { apiVersion, kind } = RELEASE_CONFIG_SCHEMA.properties;
    const found = kindOf(document.value);
    return [
      `${source.name} is not a release config: it needs apiVersion: ${apiVersion.const} and kind: ${kind.const}, and is ${found}`,
    ];
  }
  check ??= compileCheck(RELEASE_CONFIG_SCHEMA);
  const faults = [...check(document.value), ...unknownChecks(document.value)];
  const all = [...faults, ...semanticIssues(document.value, faults)];
  const told = all.slice(0, MOST_FAULTS).map((fault) => at(source, fault));
  return all.length > told.length
    ? [...told, `${source.name} has ${all.length - told.length} more faults`]
    : told;
}

function isReleaseConfig(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { kind } = RELEASE_CONFIG_SCHEMA.properties;
  return 'kind' in value && value.kind === kind.const;
}

/** A check that does not exist would be ignored in vain. */
function unknownChecks(value: unknown): ConfigIssue[] {
  // Looked at although the schema may have found fault with it: a list of whatever was written.
  const ignore: unknown = Object(Object(value).preflight).ignore;
  if (!Array.isArray(ignore)) return [];
  return ignore.flatMap((rule, index) => {
    const name = String(Object(rule).check);
    if (CHECKS.some((known) => known === name)) return [];
    const path = `/preflight/ignore/${index}/check`;
    return [{ path, message: `is not a check of preflight${didYouMean(name, CHECKS)}` }];
  });
}

function at(source: Source | undefined, { path, message }: ConfigIssue): string {
  if (!source) return `${path} ${message}`;
  return `${source.name} line ${source.document.lineOf(path)}: ${path} ${message}`;
}
