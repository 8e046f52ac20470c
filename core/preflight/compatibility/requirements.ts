/** What the candidate needs of others, held against what runs of them. */
import type { Finding } from '../finding.ts';
import { DATABASE, type Known } from './known.ts';
import type { Version, Versions } from './versions.ts';

export function checkRequirements(versions: Versions, candidate: Version, known: Known): Finding[] {
  const { service, own } = known;
  return own.rules
    .filter(({ match }) => versions.within(candidate, match))
    .flatMap(({ requires, from }) =>
      Object.entries(requires).flatMap(([name, range]) =>
        unmet(versions, known, name, range).map(
          ({ severity, why, advice }): Finding => ({
            check: 'needs-version',
            severity,
            message: `${service} ${candidate} needs ${name} ${range} (${from}), and ${why}`,
            advice,
          }),
        ),
      ),
    );
}

type Unmet = Pick<Finding, 'severity' | 'advice'> & { readonly why: string };

function unmet(versions: Versions, known: Known, name: string, range: string): Unmet[] {
  const running = known.running(name);
  switch (running.kind) {
    case 'absent':
      return [
        { severity: 'refuse', why: running.why, advice: `bring ${name} ${range} there first` },
      ];
    case 'unknown': {
      const advice =
        name === DATABASE
          ? 'let the Task database-migration bring it there, which says in the journal what it has done'
          : `release ${name} by a tag that is a version, or write what runs as compatibility.elsewhere.${name}`;
      return [{ severity: 'refuse', why: `its version is not known: ${running.why}`, advice }];
    }
    case 'runs': {
      const wrong = running.versions.filter((each) => !versions.within(each, range));
      if (wrong.length === 0) return [];
      const why = `${wrong.join(' and ')} ${wrong.length === 1 ? 'is' : 'are'} there`;
      // The files of a migration are not here yet: it ends the run itself where it cannot.
      const isBroughtThere =
        name === DATABASE && known.migrates && wrong.every((each) => versions.below(each, range));
      return isBroughtThere
        ? [{ severity: 'warn', why, advice: 'the migration of this run has to bring it there' }]
        : [{ severity: 'refuse', why, advice: satisfying(name, range) }];
    }
  }
}

function satisfying(name: string, range: string): string {
  return name === DATABASE
    ? `bring its schema to ${range} first, or release a version that needs no more than is there`
    : `release ${name} in a version within ${range} first`;
}
