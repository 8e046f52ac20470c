/**
 * What is known of the pod templates on which a release rests: by fingerprints, since API servers and
 * webhooks complete what they are sent, and a template is too large to be kept twice.
 */
import { fingerprint } from '../base/fingerprint.ts';
import type { PodTemplate } from '../kubernetes/objects.ts';
import type { SeenTemplate } from './state.ts';

/** A template is looked at several times a second, and is the same object until somebody writes it. */
const known = new WeakMap<PodTemplate, SeenTemplate>();

export function seenTemplate(template: PodTemplate): SeenTemplate {
  const seen = known.get(template) ?? fingerprints(template);
  known.set(template, seen);
  return seen;
}

function fingerprints({ metadata, spec }: PodTemplate): SeenTemplate {
  const { annotations, creationTimestamp: _, ...named } = metadata ?? {};
  return { all: fingerprint([annotations, named, spec]), pods: fingerprint([named.labels, spec]) };
}

/** Nothing of the pods themselves differs: a restart writes an annotation and nothing else. */
export function isRestart(before: SeenTemplate, now: SeenTemplate): boolean {
  return before.pods === now.pods && before.all !== now.all;
}

export function imageIn({ spec }: PodTemplate, container: string): string {
  return spec.containers.find(({ name }) => name === container)?.image ?? 'no image';
}
