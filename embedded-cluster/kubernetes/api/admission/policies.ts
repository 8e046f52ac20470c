/**
 * ValidatingAdmissionPolicies, asked about every write that comes by the API. Only what bindings say
 * of all objects: no parameters, no selectors.
 */
import { Environment } from '@marcbachmann/cel-js';
import { ApiFailure } from '../../definitions/failure.ts';
import { collectionOf } from '../../definitions/kind.ts';
import {
  VALIDATING_ADMISSION_POLICIES,
  VALIDATING_ADMISSION_POLICY_BINDINGS,
} from '../../kinds/access/admission.ts';
import type { DraftObject, KubeObject } from '../../store/object.ts';
import type { Call } from '../call.ts';
import { persistenceFrom } from '../objects/persistence.ts';

interface Expression {
  readonly expression: string;
}

interface PolicySpec {
  readonly failurePolicy: 'Fail' | 'Ignore';
  readonly matchConstraints?: {
    readonly resourceRules?: readonly {
      readonly apiGroups: readonly string[];
      readonly apiVersions: readonly string[];
      readonly operations: readonly string[];
      readonly resources: readonly string[];
    }[];
  };
  readonly matchConditions?: readonly Expression[];
  readonly validations: readonly (Expression & {
    readonly message?: string;
    readonly reason?: 'Forbidden' | 'Invalid';
  })[];
}

interface BindingSpec {
  readonly policyName: string;
  readonly validationActions: readonly string[];
}

const ENVIRONMENT = new Environment({ unlistedVariablesAreDyn: true });

/** Throws where a policy that a binding puts in force denies it. */
export function refuseByPolicies(
  call: Call,
  draft: DraftObject,
  previous: KubeObject | undefined,
): void {
  const { store } = call.world;
  const operation = previous ? 'UPDATE' : 'CREATE';
  for (const binding of store.list(collectionOf(VALIDATING_ADMISSION_POLICY_BINDINGS))) {
    const { policyName, validationActions } = binding.spec as BindingSpec; // of this kind
    const policy = store.get(collectionOf(VALIDATING_ADMISSION_POLICIES), undefined, policyName);
    if (!policy || !validationActions.includes('Deny')) continue;
    const spec = policy.spec as PolicySpec; // of this kind
    if (!isMeant(spec, call, operation)) continue;
    const denied = denial(spec, variables(call, operation, draft, previous));
    if (!denied) continue;
    const by = `ValidatingAdmissionPolicy '${policyName}' with binding '${binding.metadata.name}'`;
    const what = `${collectionOf(call.kind)} "${draft.metadata.name ?? ''}"`;
    const is = denied.reason === 'Forbidden' ? 'is forbidden' : 'is invalid: ';
    throw new ApiFailure(denied.reason, `${what} ${is}: ${by} denied request: ${denied.message}`);
  }
}

function isMeant({ matchConstraints }: PolicySpec, { kind, target }: Call, operation: string) {
  const has = (list: readonly string[], word: string) => list.includes('*') || list.includes(word);
  return (matchConstraints?.resourceRules ?? []).some(
    ({ apiGroups, apiVersions, operations, resources }) =>
      has(apiGroups, kind.group) &&
      has(apiVersions, target.version) &&
      has(operations, operation) &&
      has(resources, kind.plural),
  );
}

function variables(
  { user, target, kind }: Call,
  operation: string,
  object: DraftObject,
  oldObject: KubeObject | undefined,
) {
  const request = {
    operation,
    dryRun: persistenceFrom(target.query.getAll('dryRun')) === 'dry-run',
    userInfo: { username: user.name, groups: [...user.groups] },
    namespace: target.namespace ?? '',
    resource: { group: kind.group, version: target.version, resource: kind.plural },
  };
  return { request, object, oldObject: oldObject ?? null };
}

function denial(
  { matchConditions = [], validations, failurePolicy }: PolicySpec,
  context: Readonly<Record<string, unknown>>,
): { readonly reason: 'Forbidden' | 'Invalid'; readonly message: string } | undefined {
  try {
    if (!matchConditions.every(({ expression }) => isTrue(expression, context))) return undefined;
    const failed = validations.find(({ expression }) => !isTrue(expression, context));
    if (!failed) return undefined;
    const { reason = 'Invalid', message = `failed expression: ${failed.expression}` } = failed;
    return { reason, message };
  } catch (thrown) {
    if (failurePolicy === 'Ignore') return undefined;
    return {
      reason: 'Invalid',
      message: thrown instanceof Error ? thrown.message : String(thrown),
    };
  }
}

function isTrue(expression: string, context: Readonly<Record<string, unknown>>): boolean {
  return ENVIRONMENT.evaluate(expression, context) === true;
}
