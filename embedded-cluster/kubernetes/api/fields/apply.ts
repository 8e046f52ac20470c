/** Server-side apply: what one manager wants, laid over what the others own. */
import { ApiFailure } from '../../definitions/failure.ts';
import type { Shape } from '../../definitions/schema/shape.ts';
import { compare, fieldsIn } from './compare.ts';
import {
  difference,
  type FieldSet,
  intersection,
  isEmpty,
  NO_FIELDS,
  pathsOf,
  pathText,
  union,
} from './field-set.ts';
import { isSameManager, type ManagedSet, type Manager } from './managers.ts';
import { mergeApplied } from './merge.ts';
import { removeFields } from './remove.ts';

export interface Applied {
  /** The whole object, as it becomes. */
  readonly object: object;
  readonly managers: readonly ManagedSet[];
}

export interface ApplyRequest {
  readonly live: object;
  readonly config: object;
  readonly shape: Shape;
  readonly managers: readonly ManagedSet[];
  readonly applier: Manager;
  readonly time: string;
  readonly conflicts: 'refused' | 'forced';
}

export function applyConfig(request: ApplyRequest): Applied {
  const { live, config, shape, managers, applier, time, conflicts } = request;
  const wanted = fieldsIn(config, shape);
  const merged = mergeApplied(live, config, shape);
  const { changed } = compare(live, merged, shape);
  const mine = managers.find((entry) => isSameManager(entry, applier));
  const others = managers.filter((entry) => entry !== mine);

  const contested = others.map((entry) => intersection(entry.fields, changed));
  if (conflicts === 'refused') refuseConflicts(others, contested);
  const yielding = others.map((entry, at) => ({
    ...entry,
    fields: difference(entry.fields, contested[at] ?? NO_FIELDS),
  }));

  // What it applied before and no longer does goes, unless somebody else owns it too.
  const claimed = yielding.reduce((all, entry) => union(all, entry.fields), wanted);
  const dropped = exclusively(mine?.fields ?? NO_FIELDS, claimed);
  const object = removeFields(merged, dropped, shape) as object; // less some fields, still an object
  const unchanged = mine !== undefined && sameSet(mine.fields, wanted);
  const entry = { ...applier, fields: wanted, time: unchanged ? (mine.time ?? time) : time };
  return { object, managers: [...yielding, entry] };
}

/** The members of `given` neither claimed themselves nor holding anything that is. */
function exclusively(given: FieldSet, claimed: FieldSet): FieldSet {
  return {
    member: given.member && isEmpty(claimed),
    children: new Map(
      [...given.children]
        .map(([step, child]): [string, FieldSet] => [
          step,
          exclusively(child, claimed.children.get(step) ?? NO_FIELDS),
        ])
        .filter(([, child]) => !isEmpty(child)),
    ),
  };
}

function sameSet(a: FieldSet, b: FieldSet): boolean {
  return isEmpty(difference(a, b)) && isEmpty(difference(b, a));
}

function refuseConflicts(others: readonly ManagedSet[], contested: readonly FieldSet[]): void {
  const conflicts = others.flatMap((entry, at) =>
    pathsOf(contested[at] ?? NO_FIELDS).map((path) => ({
      manager: managerText(entry),
      path: pathText(path),
    })),
  );
  const [first] = conflicts;
  if (!first) return;
  const managers = [...new Set(conflicts.map(({ manager }) => manager))].sort();
  const listed = managers.flatMap((manager) => [
    `conflicts with ${manager}:`,
    ...conflicts.filter((conflict) => conflict.manager === manager).map(({ path }) => `- ${path}`),
  ]);
  throw new ApiFailure(
    'Conflict',
    conflicts.length === 1
      ? `Apply failed with 1 conflict: conflict with ${first.manager}: ${first.path}`
      : `Apply failed with ${conflicts.length} conflicts: ${listed.join('\n')}`,
    {
      causes: conflicts.map(({ manager, path }) => ({
        reason: 'FieldManagerConflict',
        message: `conflict with ${manager}`,
        field: path,
      })),
    },
  );
}

function managerText({ manager, subresource, operation, apiVersion, time }: ManagedSet): string {
  const name = `"${manager}"${subresource ? ` with subresource "${subresource}"` : ''}`;
  if (operation === 'Apply') return name;
  return `${name} using ${apiVersion}${time ? ` at ${time}` : ''}`;
}
