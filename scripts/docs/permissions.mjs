// docs/permissions.md: every right, from the roles in rbac/ and the comment above each rule.
import { code, manifestsIn, read, table } from './source.mjs';

const HEAD = `# Permissions

Each stage acts as a ServiceAccount of its own, \`zero-downtime-<stage>\`. \`rbac/<stage>.yaml\` has the
account, a ClusterRole, a RoleBinding, and a long-lived token that can be left out (below); nothing is
bound beyond the namespace that it is installed in.

What is listed here is proved: \`test/house/permissions\` plays every kind of release on the embedded
cluster, and fails if a stage is refused a call or has a right that it never used. No stage reads a
Secret through the API, and none may exec, impersonate, escalate or bind.
`;

const FOOT = `## Another namespace

A RoleBinding for each account lets the stages release services in another namespace, too. This prints
them, for the project installed in the namespace \`ci\`:

\`\`\`sh
make grant NAMESPACE=payments PIPELINE_NAMESPACE=ci
\`\`\`

Piped into \`kubectl apply -f -\` by whoever administers that namespace, it is all that is needed.

## Room on the nodes

\`zero-downtime-capacity\` is the one right that reaches beyond a namespace, and optional: without it
pre-validation says that it cannot tell whether the extra pods fit. \`make install\` brings it along,
\`make install CAPACITY=no\` and \`kubectl apply -k .\` do not.
`;

export function permissionsPage() {
  const sections = [...manifestsIn('rbac'), ...manifestsIn('rbac/capacity')].map(sectionOf);
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
