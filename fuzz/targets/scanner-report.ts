/** A scanner's report, read in pieces: accepted only where JSON.parse accepts the whole, and told in one line. */
import { type Finding, found } from '../../core/security/finding.ts';
import { toldOf } from '../../core/security/outputs/scan-report.ts';
import { openReport, readFindings } from '../../effects/security/reports/read-report.ts';
import { insist, type Target } from '../target.ts';

export const scannerReport: Target = {
  name: 'scanner-report',
  form: 'json',
  words: [
    ...[
      'SchemaVersion',
      'ArtifactType',
      'container_image',
      'Results',
      'Vulnerabilities',
      'Secrets',
    ],
    ...[
      'Licenses',
      'Misconfigurations',
      'ExperimentalModifiedFindings',
      'VulnerabilityID',
      'PkgName',
    ],
    ...[
      'matches',
      'ignoredMatches',
      'descriptor',
      'grype',
      'vulnerability',
      'artifact',
      '__proto__',
    ],
    ...['CreatedAt', '2026-11-30T12:00:00Z', 'CRITICAL', 'Metadata', 'ImageID', 'sha256:'],
  ],
  // Names of packages and titles are what it is for.
  mayTell: () => true,
  read: async (input) => {
    const bytes = Buffer.from(input);
    const opened = await openReport({
      name: 'report.json',
      async *chunks() {
        // Chunks end wherever they like.
        for (let at = 0; at < bytes.length; at += 11) yield bytes.subarray(at, at + 11);
      },
    });
    const findings: Finding[] = [];
    if (opened.kind === 'unreadable') findings.push(opened.finding);
    else {
      const fault = await readFindings(opened, (each) => findings.push(each));
      if (fault) findings.push(fault);
      else insist(isJson(bytes.toString()), 'what is no JSON was read to its end');
    }
    if (findings.length === 0) findings.push(found('VUL003', 'nothing'));
    return findings.flatMap((finding) => {
      const { name, message, place } = toldOf({ finding, fate: { kind: 'warned' } });
      return [name, message, place];
    });
  },
};

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
