/**
 * Trivy's report, `trivy image --format json`, SchemaVersion 2 (pkg/types/report.go of aquasecurity/trivy).
 * A scan by several commands may leave out Results; what it set aside is in ExperimentalModifiedFindings.
 */

import { fieldsOf, listOf, textOf, textsOf } from '../fields.ts';
import type { Finding } from '../finding.ts';
import { severityOf } from '../severity.ts';
import { zonedTimeOf } from '../time.ts';
import { digestIn, type EntryRead, malformed, NOTHING, type ReportFormat } from './report.ts';

const RESULTS = 'Results.*';

export const TRIVY: ReportFormat = {
  lists: [
    `${RESULTS}.Vulnerabilities`,
    `${RESULTS}.Secrets`,
    `${RESULTS}.Licenses`,
    `${RESULTS}.Misconfigurations`,
    `${RESULTS}.ExperimentalModifiedFindings`,
  ],
  skipped: [`${RESULTS}.Packages`, `${RESULTS}.CustomResources`],
  isIt: (skeleton) => 'SchemaVersion' in fieldsOf(skeleton),
  headOf: (skeleton) => {
    const { SchemaVersion, ArtifactType, CreatedAt, Metadata, Results } = fieldsOf(skeleton);
    if (SchemaVersion !== 2) return malformed('its SchemaVersion is not 2');
    if (Results !== undefined && Results !== null && !Array.isArray(Results)) {
      return malformed('its Results are no list');
    }
    const fault = listOf(Results).map(resultFault).find(Boolean);
    if (fault !== undefined) return malformed(fault);
    const { ImageID, OS } = fieldsOf(Metadata);
    const { Family, Name, EOSL } = fieldsOf(OS);
    const isImage = ArtifactType === 'container_image';
    return {
      kind: 'head',
      head: {
        scanner: 'trivy',
        createdAt: zonedTimeOf(CreatedAt),
        // It does not tell: the database's own metadata do, which lie beside it.
        databaseBuiltAt: undefined,
        imageId: isImage ? digestIn(ImageID) : undefined,
        operatingSystem: [textOf(Family), textOf(Name)].filter(Boolean).join(' ') || undefined,
        endOfLife: EOSL === true,
        lookedAtPackages: listOf(Results).some((each) =>
          ['os-pkgs', 'lang-pkgs'].includes(String(fieldsOf(each).Class)),
        ),
      },
    };
  },
  entryOf: (list, [index = -1], entry, skeleton) => {
    const result = fieldsOf(listOf(fieldsOf(skeleton).Results)[index]);
    const target = textOf(result.Target);
    switch (list.slice(RESULTS.length + 1)) {
      case 'Vulnerabilities':
        return vulnerability(entry, target);
      case 'Secrets':
        return secret(entry, target);
      case 'Licenses':
        return licence(entry, target);
      case 'Misconfigurations':
        return misconfiguration(entry, target);
      default:
        return setAside(entry, target);
    }
  },
};

/** What is no list would be read as none of its kind. */
function resultFault(result: unknown): string | undefined {
  if (typeof result !== 'object' || result === null || Array.isArray(result)) {
    return 'one of its Results is no map';
  }
  const keys = TRIVY.lists.map((list) => list.slice(RESULTS.length + 1));
  const odd = keys.find((key) => !Array.isArray(fieldsOf(result)[key] ?? []));
  return odd && `the ${odd} of one of its Results are no list`;
}

function vulnerability(entry: unknown, target: string | undefined): EntryRead {
  const fields = fieldsOf(entry);
  const { VulnerabilityID, PkgName, InstalledVersion, FixedVersion, PkgPath, Title } = fields;
  const id = textOf(VulnerabilityID);
  const name = textOf(PkgName);
  if (id === undefined || name === undefined) {
    return malformed('a vulnerability without VulnerabilityID or PkgName');
  }
  const fixed = textOf(FixedVersion);
  const title = textOf(Title);
  const installed = textOf(InstalledVersion) ?? '';
  const path = textOf(PkgPath) ?? target;
  return {
    kind: 'finding',
    finding: {
      id: 'VUL001',
      severity: severityOf(fields.Severity),
      message: `${name} ${installed}${title === undefined ? '' : `: ${title}`}`,
      place: { purl: purlOf(fields, name, installed), path },
      names: [id, ...textsOf(fields.VendorIDs)],
      fixedIn: fixed === undefined ? [] : fixed.split(/,\s*/),
    },
  };
}

/** What older reports do not tell is made of what they do. */
function purlOf(fields: ReturnType<typeof fieldsOf>, name: string, version: string): string {
  return textOf(fieldsOf(fields.PkgIdentifier).PURL) ?? `pkg:generic/${name}@${version}`;
}

/** Of what was found its rule and its place: `Match` and `Code` may show it. */
function secret(entry: unknown, target: string | undefined): EntryRead {
  const { RuleID, StartLine, Severity } = fieldsOf(entry);
  const rule = textOf(RuleID) ?? 'unnamed rule';
  const line = typeof StartLine === 'number' ? ` line ${StartLine}` : '';
  const finding: Finding = {
    id: 'SEC001',
    severity: severityOf(Severity),
    message: `${rule} in ${target ?? 'a file'}${line}`,
    place: { path: target },
    names: [rule],
  };
  return { kind: 'finding', finding };
}

function licence(entry: unknown, target: string | undefined): EntryRead {
  const { Name, PkgName, FilePath, Severity } = fieldsOf(entry);
  const name = textOf(Name);
  if (name === undefined) return malformed('a licence without Name');
  const owner = textOf(PkgName) ?? textOf(FilePath) ?? target ?? 'a file';
  const path = textOf(FilePath) ?? target;
  return {
    kind: 'finding',
    finding: {
      id: 'LIC001',
      severity: severityOf(Severity),
      message: `${name} of ${owner}`,
      place: { path },
      names: [name],
    },
  };
}

function misconfiguration(entry: unknown, target: string | undefined): EntryRead {
  const { ID, Title, Severity, Status } = fieldsOf(entry);
  const id = textOf(ID);
  if (id === undefined) return malformed('a misconfiguration without ID');
  if (Status === 'PASS' || Status === 'EXCEPTION') return NOTHING;
  return {
    kind: 'finding',
    finding: {
      id: 'MIS001',
      severity: severityOf(Severity),
      message: textOf(Title) ?? id,
      place: { path: target },
      names: [id],
    },
  };
}

function setAside(entry: unknown, target: string | undefined): EntryRead {
  const { Type, Status, Statement, Finding: inner } = fieldsOf(entry);
  const read = innerOf(String(Type), inner, target);
  if (read.kind !== 'finding') return read;
  const why = [textOf(Status), textOf(Statement)].filter(Boolean).join(': ') || 'without a reason';
  return { kind: 'finding', finding: { ...read.finding, setAside: why } };
}

function innerOf(type: string, inner: unknown, target: string | undefined): EntryRead {
  switch (type) {
    case 'vulnerability':
      return vulnerability(inner, target);
    case 'secret':
      return secret(inner, target);
    case 'license':
      return licence(inner, target);
    case 'misconfiguration':
      return misconfiguration(inner, target);
    default:
      return malformed('a finding that was set aside, of no known type');
  }
}
