// An EventListener as it is installed: to what manifests/triggers/<host>/listener.yaml finds out about a push comes
// what the installer's list says that pushes release. All of it is CEL, so that Triggers itself decides.
import { createHash } from 'node:crypto';
import { accepts, KINDS, reasons } from './push-rules.mjs';

/** Of what a push tells, only what is nothing but a name is shown. */
const shown = (text) => `(${text}.matches('^[0-9A-Za-z_./~-]{1,100}$') ? ${text} : '(not shown)')`;
const FIRST = 'extensions.changes[0]';
const WHAT = `(size(extensions.changes) == 0 ? 'nothing' : ${FIRST}.kind + ' ' + ${shown(`${FIRST}.name`)})`;

export function listenerOf(base, repositories, namespace) {
  const { triggers } = base.spec;
  const where = { listener: base.metadata.name, namespace };
  const each = triggers.flatMap((told) => {
    const end = triggers.length > 1 ? `-${told.name}` : '';
    const ofEach = repositories.flatMap((repository) => [
      ...repository.services.flatMap((service) =>
        Object.keys(KINDS).map((kind) => releasing(told, repository, service, kind, end)),
      ),
      notReleased(told, repository, where, end),
    ]);
    return [...ofEach, notListed(told, repositories, where, end)];
  });
  return { ...base, spec: { ...base.spec, triggers: each } };
}

function releasing(told, repository, service, kind, end) {
  const [proof, facts] = told.interceptors;
  const { change, tag, id } = KINDS[kind];
  const pushed = `extensions.changes.filter(c, ${change(repository)})[0]`;
  return {
    name: `${short(service.name, 40)}-${kind}${end}`,
    interceptors: [
      proof,
      cel(`${repositoryIn(facts)} == '${repository.name}'`, needed(facts, kind)),
      cel(accepts(repository, service, kind), [['pushed', pushed]]),
      cel(undefined, [
        ['run', `'deploy-${short(service.name, 21)}-' + ${id('extensions.pushed')}`],
        ['service', `'${service.name}'`],
        ['tag', tag('extensions.pushed')],
        ['revision', 'extensions.pushed.after'],
        ['from', `'${repository.name}'`],
        ['concurrency', `'${repository.concurrency}'`],
      ]),
    ],
    bindings: [{ ref: 'zero-downtime-push' }],
    template: { ref: 'zero-downtime-push' },
  };
}

/** What is released of a repository's pushes by no trigger leaves a line that says why. */
function notReleased(told, repository, where, end) {
  const released = repository.services.flatMap((service) =>
    Object.keys(KINDS).map((kind) => `(${accepts(repository, service, kind)})`),
  );
  return lineOf(
    { ...told, name: `not-released-${short(inName(repository.name), 30)}${end}` },
    `${repositoryIn(told.interceptors[1])} == '${repository.name}'`,
    `!(${released.join(' || ')})`,
    reasons(repository),
    where,
  );
}

function notListed(told, repositories, where, end) {
  const listed = repositories.map(({ name }) => `'${name}'`).join(', ');
  return lineOf(
    { ...told, name: `not-released${end}` },
    `!(${repositoryIn(told.interceptors[1])} in [${listed}])`,
    undefined,
    "'the repository is not among those that may release here'",
    where,
  );
}

function lineOf({ interceptors, ...told }, from, filter, why, { listener, namespace }) {
  const [proof, facts] = interceptors;
  const message = `'push to ' + ${shown('extensions.repository')} + ', ' + ${WHAT} + ': releases nothing, because ' + ${why}`;
  const line = [
    ['listener', `'${listener}'`],
    ['namespace', `'${namespace}'`],
    ['message', message],
  ];
  return { ...told, interceptors: [proof, cel(from, overlaysOf(facts)), cel(filter, line)] };
}

function cel(filter, overlays) {
  return {
    ref: { name: 'cel' },
    params: [
      ...(filter === undefined ? [] : [{ name: 'filter', value: filter }]),
      { name: 'overlays', value: overlays.map(([key, expression]) => ({ key, expression })) },
    ],
  };
}

function overlaysOf({ params }) {
  const { value } = params.find(({ name }) => name === 'overlays');
  return value.map(({ key, expression }) => [key, expression]);
}

/** What changed, and when, matters of a branch alone. */
function needed(facts, kind) {
  return overlaysOf(facts).filter(([key]) => kind === 'branch' || key === 'changes');
}

/** How the host tells the full name of the repository. */
function repositoryIn(facts) {
  return overlaysOf(facts).find(([key]) => key === 'repository')[1];
}

/** What may be part of the name of a trigger. */
function inName(text) {
  return text.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
}

/** At most so many letters, and still unique. */
function short(name, most) {
  if (name.length <= most) return name;
  const mark = createHash('sha256').update(name).digest('hex').slice(0, 6);
  return `${name.slice(0, most - 7).replace(/-+$/, '')}-${mark}`;
}
