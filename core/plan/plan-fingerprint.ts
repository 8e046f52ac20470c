/**
 * What pre-validation has planned, short enough for a Tekton result: a fingerprint of each part of the
 * plan, so that deploy can say which part is no longer as it was validated.
 */
import { fingerprint } from '../base/fingerprint.ts';
import type { Plan } from './plan.ts';
import { makerOf } from './registry.ts';

/** So many characters of a fingerprint tell two plans of one service apart. */
const CHARACTERS = 8;

/** `image=1f2e3d4c stable=…`: by part, whatever the plan's own time and number of the run are. */
export function planFingerprint(plan: Plan): string {
  return Object.entries(partsOf(plan))
    .filter(([, part]) => part !== undefined)
    .map(([name, part]) => `${name}=${fingerprint(part).slice(0, CHARACTERS)}`)
    .join(' ');
}

/** The parts that differ, by name; none where nothing was validated. */
export function changedParts(validated: string, plan: Plan): readonly string[] {
  if (validated === '') return [];
  const before = new Map(validated.split(' ').map((part) => splitAt(part)));
  const now = new Map(
    planFingerprint(plan)
      .split(' ')
      .map((part) => splitAt(part)),
  );
  const names = new Set([...before.keys(), ...now.keys()]);
  return [...names].filter((name) => before.get(name) !== now.get(name));
}

function splitAt(part: string): [string, string] {
  const at = part.indexOf('=');
  return at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
}

function partsOf(plan: Plan): Readonly<Record<string, unknown>> {
  const { image, previousImage, settings, metrics, strategy } = plan;
  const common = { strategy, image: image.reference, from: previousImage, settings, metrics };
  return { ...common, ...makerOf(plan).parts(plan) };
}
