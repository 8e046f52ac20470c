/**
 * The installer's policy, in a ConfigMap of the namespace that the stages run in: what every release there
 * has to keep to. A release config can tighten it, and loosen nothing. Beside it lie the trust roots and VEX
 * documents that it names, each under its own key.
 */

import type { ConfigMap } from '../../core/kubernetes/objects.ts';
import { policyIssues } from '../../core/security/policy/issues.ts';
import { resolvePolicy } from '../../core/security/policy/policy.ts';
import { SECURITY, type SecurityConfig } from '../../core/security/policy/schema.ts';
import type { InstallerPolicy } from '../../core/security/policy/tighten.ts';
import { readDocument } from '../base/document.ts';
import { messageOf, StageFailure } from '../base/failure.ts';
import { type Check, compileCheck } from '../config/check.ts';
import type { Kube } from '../kube/client.ts';

export interface InstalledPolicy extends InstallerPolicy {
  /** The files that it names, by their keys. */
  readonly files: Readonly<Record<string, string>>;
}

const NAME = 'zero-downtime-security-policy';
const KEY = 'policy.yaml';

const INSTALLED = {
  ...SECURITY,
  properties: {
    ...SECURITY.properties,
    exceptionsOfReleases: { enum: ['allowed', 'refused'] },
  },
} as const;

let check: Check | undefined;

/** Undefined where none is installed. Throws with exit code 3 where it cannot be understood, or not be read. */
export async function loadInstallerPolicy(
  kube: Pick<Kube, 'get'>,
  namespace: string,
): Promise<InstalledPolicy | undefined> {
  const target = { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: NAME };
  const found = await kube.get<ConfigMap>(target).catch((thrown: unknown) => {
    throw notUnderstood([`cannot be read: ${messageOf(thrown)}`]);
  });
  if (!found) return undefined;
  const files = found.data ?? {};
  const { value, faults, lineOf } = readDocument(files[KEY] ?? '');
  if (faults.length > 0) throw notUnderstood(faults.map(({ message }) => message));
  check ??= compileCheck(INSTALLED);
  const { exceptionsOfReleases = 'refused', ...written } = Object(value);
  const wrong = check(value);
  const issues = wrong.length > 0 ? wrong : policyIssues(written);
  if (issues.length > 0) {
    throw notUnderstood(
      issues.map(({ path, message }) => `line ${lineOf(path)}: ${path} ${message}`),
    );
  }
  const policy = resolvePolicy(written as SecurityConfig, 'installer'); // checked above
  return { policy, exceptions: exceptionsOfReleases, files };
}

function notUnderstood(reasons: readonly string[]): StageFailure {
  const advice = 'it is the installer who keeps it: docs/security-scan.md';
  return new StageFailure(3, `ConfigMap ${NAME}, ${KEY}: ${reasons.join('; ')}`, advice);
}
