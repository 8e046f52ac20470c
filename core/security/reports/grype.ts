/** Grype's report, `grype -o json` (grype/presenter/models/document.go of anchore/grype). */
import { fieldsOf, listOf, textOf, textsOf } from '../fields.ts';
import { severityOf } from '../severity.ts';
import { zonedTimeOf } from '../time.ts';
import { digestIn, type EntryRead, malformed, type ReportFormat } from './report.ts';

export const GRYPE: ReportFormat = {
  lists: ['matches', 'ignoredMatches'],
  skipped: [],
  isIt: (skeleton) => {
    const { descriptor, source } = fieldsOf(skeleton);
    return fieldsOf(descriptor).name === 'grype' && source !== undefined;
  },
  headOf: (skeleton, lengths) => {
    const { matches, ignoredMatches, source, distro, descriptor } = fieldsOf(skeleton);
    if (!Array.isArray(matches)) return malformed('it has no list of matches');
    if (!Array.isArray(ignoredMatches ?? [])) return malformed('its ignoredMatches are no list');
    const { type, target } = fieldsOf(source);
    const { db, timestamp } = fieldsOf(descriptor);
    const system = textOf(fieldsOf(distro).name);
    // Until 0.88 the database's facts stood beside its status.
    const built = fieldsOf(db).built ?? fieldsOf(fieldsOf(db).status).built;
    return {
      kind: 'head',
      head: {
        scanner: 'grype',
        createdAt: zonedTimeOf(timestamp),
        databaseBuiltAt: zonedTimeOf(built),
        imageId: type === 'image' ? digestIn(fieldsOf(target).imageID) : undefined,
        operatingSystem:
          [system, textOf(fieldsOf(distro).version)].filter(Boolean).join(' ') || undefined,
        endOfLife: endOfLifeIn(skeleton),
        // It does not list what it has looked at: the system, or a match, says that it was something.
        lookedAtPackages: system !== undefined || (lengths.get('matches') ?? 0) > 0,
      },
    };
  },
  entryOf: (list, _at, entry) => {
    const read = matchOf(entry);
    if (list !== 'ignoredMatches' || read.kind !== 'finding') return read;
    const rules = listOf(fieldsOf(entry).appliedIgnoreRules);
    const why = rules.flatMap((rule) => {
      const { reason, 'vex-status': vex, namespace } = fieldsOf(rule);
      return textOf(reason) ?? textOf(vex) ?? textOf(namespace) ?? [];
    });
    const setAside = why.join(', ') || 'without a reason';
    return { kind: 'finding', finding: { ...read.finding, setAside } };
  },
};

/** Of newer versions, as an alert about packages of the system. */
function endOfLifeIn(skeleton: unknown): boolean {
  const alerts = listOf(fieldsOf(skeleton).alertsByPackage);
  return alerts.some((each) =>
    listOf(fieldsOf(each).alerts).some((alert) => fieldsOf(alert).type === 'distro-eol'),
  );
}

function isListOrNothing(value: unknown): boolean {
  return Array.isArray(value ?? []);
}

function matchOf(entry: unknown): EntryRead {
  const { vulnerability, relatedVulnerabilities, artifact } = fieldsOf(entry);
  const { id: ownId, severity, fix, knownExploited, epss } = fieldsOf(vulnerability);
  const { name: ownName, version, purl, locations } = fieldsOf(artifact);
  const id = textOf(ownId);
  const name = textOf(ownName);
  if (id === undefined || name === undefined) {
    return malformed('a match without the id of a vulnerability or the name of an artifact');
  }
  const installed = textOf(version) ?? '';
  const { versions, state } = fieldsOf(fix);
  const related = listOf(relatedVulnerabilities).flatMap((each) => textOf(fieldsOf(each).id) ?? []);
  const likely = listOf(epss).map((each) => fieldsOf(each).epss);
  const chances = likely.filter(
    (each): each is number => typeof each === 'number' && each >= 0 && each <= 1,
  );
  // A policy may draw a line by either: what is there and cannot be read is not nothing.
  if (!isListOrNothing(epss) || chances.length < likely.length) {
    return malformed('a match whose epss is no list of shares');
  }
  if (!isListOrNothing(knownExploited)) {
    return malformed('a match whose knownExploited is no list');
  }
  return {
    kind: 'finding',
    finding: {
      id: 'VUL001',
      severity: severityOf(severity),
      message: `${name} ${installed}`.trim(),
      place: {
        purl: textOf(purl) ?? `pkg:generic/${name}@${installed}`,
        path: textOf(fieldsOf(listOf(locations)[0]).path),
      },
      names: [...new Set([id, ...related])],
      fixedIn: state === 'fixed' ? textsOf(versions) : [],
      ...(listOf(knownExploited).length > 0 ? { knownExploited: true } : {}),
      ...(chances.length > 0 ? { epss: Math.max(...chances) } : {}),
    },
  };
}
