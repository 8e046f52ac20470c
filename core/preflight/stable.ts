/**
 * What the stable itself does not answer. A release asks the candidate the same, and would turn back
 * for what its predecessor does not do either.
 */
import type { Finding } from './finding.ts';

const SHOWN = 3;

/** `faults`: a line for each check that the stable fails, with what was asked and what was seen. */
export function smokeFindings(faults: readonly string[]): Finding[] {
  if (faults.length === 0) return [];
  return [
    {
      check: 'stable-fails-smoke',
      severity: 'refuse',
      message: `the stable itself fails what would be asked of the candidate: ${some(faults)}`,
      advice:
        'let smoke ask what the service answers (path, port, scheme; smoke: [] asks nothing), or mend the service; where this release is what mends it, ignore the check with that reason',
    },
  ];
}

/** `faults`: where the header of drain.confirm was not in the stable's answer. */
export function headerFindings(header: string, faults: readonly string[]): Finding[] {
  if (faults.length === 0) return [];
  return [
    {
      check: 'stable-lacks-header',
      severity: 'refuse',
      message: `the stable does not answer with the header ${header} (drain.confirm), so it could not be told which version answers: ${some(faults)}`,
      advice:
        'name a header that every version sends, and a path that sends it (drain.confirm.path)',
    },
  ];
}

/**
 * `faults`: pods that accept no connection at the port of drain.hook. The hook itself is not
 * called: it would drain what serves.
 */
export function hookFindings(path: string, faults: readonly string[]): Finding[] {
  if (faults.length === 0) return [];
  return [
    {
      check: 'stable-lacks-hook',
      severity: 'refuse',
      message: `nothing listens where the drain hook ${path} is to be called: ${some(faults)}`,
      advice: 'let drain.hook.port name the port on which the pods serve it',
    },
  ];
}

function some(faults: readonly string[]): string {
  const more = faults.length > SHOWN ? `; and ${faults.length - SHOWN} more` : '';
  return `${faults.slice(0, SHOWN).join('; ')}${more}`;
}
