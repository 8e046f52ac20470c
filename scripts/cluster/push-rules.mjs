// Which pushes release a service, and why another does not, in the words of CEL. It looks at what
// manifests/triggers/<host>/listener.yaml has found out about a push, which is the same for every host.

/** Numbers alone; what has letters in it comes before a release. */
const VERSION = '^v[0-9]+([.][0-9]+)*$';
/** What may be the tag of an image: 128 letters, digits, dots, dashes, underscores. */
const ANY_VERSION = '^v[0-9][0-9A-Za-z_.-]{0,126}$';
const COMMIT = "c.after.matches('^[0-9a-f]{40}([0-9a-f]{24})?$') && !c.after.matches('^0+$')";
const NEW = "c.before.matches('^0+$')";

/** Which of the changes of a push is one, and what is said of it in the run. */
export const KINDS = {
  branch: {
    change: ({ branch, forced }) =>
      `c.kind == 'branch' && c.name == '${branch}' && ${COMMIT}${forced ? '' : ' && !c.forced'}`,
    tag: (change) => `${change}.after`,
    /** Of the commits that the branch was moved from and to, and of the time where the host tells it. */
    id: (change) =>
      `${change}.after.truncate(12) + '-' + ${change}.before.truncate(8)` +
      " + (extensions.pushedAt == '' ? '' : '-' + extensions.pushedAt)",
  },
  tag: {
    change: ({ forced, preReleases }) =>
      `c.kind == 'tag' && size(c.name) <= 128 && c.name.matches('${versionOf(preReleases)}')` +
      ` && ${COMMIT}${forced ? '' : ` && ${NEW}`}`,
    tag: (change) => `${change}.name`,
    id: (change) =>
      `${change}.name.lowerAscii().replace('.', '-').replace('_', '-').truncate(20) + '-' + ${change}.after.truncate(12)`,
  },
};

/** Of several versions in one push it is not known which is meant. */
export function accepts(repository, { paths }, kind) {
  const change = KINDS[kind].change(repository);
  if (kind === 'tag') return `extensions.changes.filter(c, ${change}).size() == 1`;
  const touched = `extensions.files.exists(l, l.exists(f, ${counts(paths)}))`;
  return `extensions.changes.exists(c, ${change}) && (!extensions.filesKnown || ${touched})`;
}

/** Whether a file that changed is one that the service is made of. */
function counts(paths) {
  if (paths.length === 0) return "!f.matches('^docs/|[.]md$')";
  return paths.map((path) => `f == '${path}' || f.startsWith('${path}/')`).join(' || ');
}

/** Why a push releases nothing, which no rule accepts. */
export function reasons(repository) {
  const { branch, preReleases, services } = repository;
  const some = (condition) => `extensions.changes.exists(c, ${condition})`;
  const moved = `c.kind == 'branch' && c.name == '${branch}'`;
  const tagged = `c.kind == 'tag' && c.name.matches('${ANY_VERSION}')`;
  const isWhole = services.some(({ paths }) => paths.length === 0);
  return firstOf([
    [
      some(KINDS.branch.change(repository)),
      isWhole ? "'nothing but docs changed'" : "'no file changed that a service is made of'",
    ],
    [
      some(`${moved} && ${COMMIT}`),
      `'branch ${branch} was moved by force (forced: true allows it)'`,
    ],
    [some(moved), `'branch ${branch} was deleted'`],
    [
      some("c.name.startsWith('gh-readonly-queue/')"),
      "'a merge queue tries it: what it merges is a push of its own'",
    ],
    [
      `extensions.changes.filter(c, ${KINDS.tag.change(repository)}).size() > 1`,
      "'it has several versions, and which is meant is not known'",
    ],
    [some(`${tagged} && !(${COMMIT})`), "'the tag was deleted'"],
    [
      some(`${tagged} && !c.name.matches('${versionOf(preReleases)}')`),
      "'it is a pre-release (preReleases: true allows them)'",
    ],
    [some(tagged), "'the tag was there before, and was moved (forced: true allows it)'"],
    [some("c.kind == 'tag' && c.name.matches('^v[0-9]')"), "'an image cannot have this tag'"],
    ['true', `'it is neither branch ${branch} nor a tag v and digits'`],
  ]);
}

/** The answer to the first condition that is true; the last one is. */
function firstOf(pairs) {
  return pairs.reduceRight(
    (rest, [condition, answer]) => (rest === '' ? answer : `(${condition} ? ${answer} : ${rest})`),
    '',
  );
}

function versionOf(preReleases) {
  return preReleases ? ANY_VERSION : VERSION;
}
