/** What a query may leave open for the release to fill in, by side. */
import type { SideSubject } from './metric.ts';

const PLACEHOLDERS = ['namespace', 'service', 'side', 'pods', 'workload', 'backend'] as const;

/** Fills in every `{{name}}`; names that are none stay, and are found by `unknownPlaceholders`. */
export function filledIn(text: string, subject: SideSubject): string {
  return text.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (written, name: string) => {
    switch (name) {
      case 'namespace':
        return subject.namespace;
      case 'service':
        return subject.service;
      case 'side':
        return subject.side;
      case 'pods':
        return podPattern(subject);
      case 'workload':
        return workloadOf(subject);
      case 'backend':
        return subject.backend;
      default:
        return written;
    }
  });
}

export function unknownPlaceholders(text: string): string[] {
  const named = [...text.matchAll(/\{\{\s*([^}]*?)\s*\}\}/g)].map(([, name = '']) => name);
  return named.filter((name) => !PLACEHOLDERS.some((known) => known === name));
}

/** Whether the answer can differ between the sides: what does not is measured once. */
export function tellsSidesApart(text: string): boolean {
  return /\{\{\s*(side|pods|workload|backend)\s*\}\}/.test(text);
}

function podPattern({ pods }: SideSubject): string {
  // Matches nothing rather than everything where a side has no pods.
  return pods.length === 0 ? '-' : pods.map(({ metadata }) => metadata.name).join('|');
}

/** The Deployment's name: its ReplicaSet's without the hash. */
function workloadOf({ pods }: SideSubject): string {
  const set = pods[0]?.metadata.ownerReferences?.find(({ controller }) => controller)?.name;
  return set?.replace(/-[^-]+$/, '') ?? '-';
}
