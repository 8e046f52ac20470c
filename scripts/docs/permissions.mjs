// docs/permissions.md: every right, from the roles in manifests/rbac/ and the comment above each rule.
import { code, manifestsIn, read, table } from './source.mjs';

const HEAD = `# Permissions

Each stage acts as a ServiceAccount of its own, \`zero-downtime-<stage>\`. \`manifests/rbac/<stage>.yaml\` has the
account, a ClusterRole, a RoleBinding, and a long-lived token that can be left out (below); nothing is
bound beyond the namespace that it is installed in.

What is listed here is tested: \`test/architecture/permissions\` runs every kind of release on the embedded
cluster, and fails if a stage is refused a call or has a right that it never used. No stage reads a
Secret through the API, and none may exec, impersonate, escalate or bind.
`;

const FOOT = `## Service accounts and tokens

A run with \`taskRunSpecs\` gives each stage a pod of the stage's own account. Its token is valid for
a quarter of an hour (the kubelet renews it before), for the API server only, and ends with the pod. The
[example](../examples/payment-service.pipelinerun.v1.yaml), the TriggerTemplates, \`make deploy\` and the
operator's commands have them; \`recover\` never has another.

\`\`\`yaml
spec:
  taskRunSpecs:
    - pipelineTaskName: deploy
      serviceAccountName: zero-downtime-deploy
\`\`\`

A run without them has pods of some other account. Its stages take the long-lived token of
their own account, a Secret \`zero-downtime-<stage>-token\`, which the Task mounts as well. Where every run
has \`taskRunSpecs\`, the Secrets are not needed:

\`\`\`sh
make install NAMESPACE=ci TOKENS=short-lived
\`\`\`

That leaves them out of a new installation; from one that has them, \`kubectl delete secret\` takes them
away. A stage that has neither acts as its pod's account, and is refused what that may not do: the
message names the account. \`imagePullSecrets\` belong to the account that a pod runs as: those of
\`default\` do not reach the pods of a run with \`taskRunSpecs\`. Why both kinds exist, and what was
weighed: [tokens](decisions/tokens.md), [rights](decisions/rights.md).

## Policies for the cluster

Two rules that roles cannot express, for Kubernetes 1.30 and later. An administrator of the cluster
applies them once, for every installation in it:

\`\`\`sh
kubectl apply -k manifests/policies
\`\`\`

| policy | what it does |
| ------ | ------------ |
| \`zero-downtime-dry-run-only\` | pre-validation asks whether pods would be admitted, and needs the right to create them, since a role does not distinguish dry runs: with this policy, whatever it does not send as a dry run is refused |
| \`zero-downtime-by-is-caller\` | the param \`by\` of an operator's command is the name that the API server saw creating the TaskRun, or is left out |

## Who may write what

| what | who writes it | how it is checked when read |
| ---- | ------------- | ------------------------- |
| \`<service>-release-config\`, or the file in the workspace | the owner of the service | checked whole, and bounded by \`zero-downtime-destinations\` ([trust](trust.md)) |
| \`zero-downtime-destinations\` in the stages' namespace | the installer; no stage may | where a config may send a stage |
| \`<service>-release-journal\`, key \`journal.json\` | the one of deploy, operate, conclude and recover that holds the Lease | its shape is checked, then whether the cluster shows that it is about this service's own objects; else it is refused |
| the same ConfigMap, key \`told.json\` | notification, and every process that tells | entries that are no marks are ignored: something is told once more |
| the same ConfigMap, key \`orders.json\` | operate | entries that are not valid commands are ignored; so is a command for another release |
| the Lease \`<service>-release\` | the same four | who drives the service |
| labels and annotations \`release.zero-downtime.dev/…\` of workloads | deploy, operate, conclude, recover | which objects a release has made |
| Secrets | no stage | mounted as files where a run names them |

No other account needs \`update\` on ConfigMaps of the service's namespace: a user who has it can end a
release, by a command or by breaking its journal, but can not lead a stage to other objects or namespaces. A
command carries two names: \`by\`, which its sender says, and \`as\`, whom the API server saw sending it, with the
pod where the token is bound to one ([how a command is delivered](operating.md#how-a-command-is-delivered)).

A user who may create pods or TaskRuns in the namespace of the stages can act as every account in
it. That is so in any Kubernetes, and why the stages can have a namespace of their own (next).

## Another namespace

A RoleBinding for each account lets the stages release services in another namespace, too. This prints
them, for the project installed in the namespace \`ci\`:

\`\`\`sh
make grant NAMESPACE=payments PIPELINE_NAMESPACE=ci
\`\`\`

Piped into \`kubectl apply -f -\` by an administrator of that namespace, it is all that is needed.

## Room on the nodes

\`zero-downtime-capacity\` is the one right that reaches beyond a namespace, and optional: without it
pre-validation says that it cannot tell whether the extra pods fit. \`make install\` brings it along,
\`make install CAPACITY=no\` and \`kubectl apply -k .\` do not.
`;

export function permissionsPage() {
  const sections = [
    ...manifestsIn('manifests/rbac'),
    ...manifestsIn('manifests/rbac/capacity'),
  ].map(sectionOf);
  return [HEAD, ...sections, FOOT].join('\n');
}

function sectionOf({ name, path, documents }) {
  const roles = documents.filter((document) => /Role$/.test(document.get('kind')));
  const [comment] = /^(# .*\n)+/.exec(read(path));
  const [about] = comment.replaceAll(/^# /gm, '').trim().replaceAll('\n', ' ').split(/\.\s/);
  const rows = roles.flatMap((role) => {
    const rules = role.get('rules');
    // What stands above the first of a list is said of the list.
    return rules.items.map((rule, at) => rowOf(rule, at === 0 ? rules : rule));
  });
  return `## ${name}\n\n${sentence(about)}\n\n${table(['resources', 'verbs', 'why'], rows)}\n`;
}

function rowOf(rule, { commentBefore = '' }) {
  const { apiGroups, resources, resourceNames, verbs } = rule.toJSON();
  const [group] = apiGroups;
  const full = resources.map((resource) => code(group === '' ? resource : `${resource}.${group}`));
  const named = resourceNames ? ` named ${resourceNames.map(code).join(', ')}` : '';
  return [full.join(', ') + named, verbs.join(', '), commentBefore?.trim() ?? ''];
}

/** `deploy: moves a service` becomes a sentence. */
function sentence(text) {
  const said = text.replace(/^[\w-]+: /, '').replace(/\.$/, '');
  return `${said.charAt(0).toUpperCase()}${said.slice(1)}.`;
}
