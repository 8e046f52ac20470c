import type { Deployment } from '../../kubernetes/workload-objects.ts';
import type { PatchOperation } from '../action.ts';

/** A Deployment's spec but for what a release decides itself. */
export type CarriedSpec = Omit<Deployment['spec'], 'replicas' | 'selector' | 'template' | 'paused'>;

type Texts = Readonly<Record<string, string>>;

/** As far as a release brings a Deployment that stands already to what the stable is like. */
export interface Carried {
  readonly labels: Texts;
  readonly annotations: Texts;
  readonly spec: CarriedSpec;
}

interface LeftOut {
  /** A key, or what keys begin with where it ends with a slash. */
  readonly key: string;
  /** Only with this value. */
  readonly value?: string;
  readonly why: string;
}

const ARGO = 'Argo CD prunes what carries it and is not in Git';
const FLUX = 'Flux takes what carries it for its own';
const HELM = 'says that Helm made the object; a later upgrade would take it over';
const PRUNES = (tool: string): string => `${tool} finds by it what it may prune`;

/** On pods these stay: there they may be in a selector, and what has an owner is not pruned. */
const LEFT_OUT: readonly LeftOut[] = [
  { key: 'app.kubernetes.io/instance', why: `${ARGO}, where it tracks by label` },
  { key: 'argocd.argoproj.io/instance', why: ARGO },
  { key: 'argocd.argoproj.io/tracking-id', why: 'names the object that it was written for' },
  { key: 'argocd.argoproj.io/installation-id', why: ARGO },
  { key: 'kustomize.toolkit.fluxcd.io/', why: FLUX },
  { key: 'helm.toolkit.fluxcd.io/', why: FLUX },
  { key: 'meta.helm.sh/', why: HELM },
  { key: 'app.kubernetes.io/managed-by', value: 'Helm', why: HELM },
  { key: 'applyset.kubernetes.io/', why: PRUNES('kubectl apply --prune') },
  { key: 'kapp.k14s.io/', why: PRUNES('kapp') },
  { key: 'objectset.rio.cattle.io/', why: PRUNES('Fleet') },
  { key: 'configsync.gke.io/', why: PRUNES('Config Sync') },
  { key: 'configmanagement.gke.io/', why: PRUNES('Config Sync') },
  { key: 'config.k8s.io/owning-inventory', why: PRUNES('cli-utils') },
  { key: 'addonmanager.kubernetes.io/mode', why: PRUNES('the addon manager') },
  {
    key: 'kubectl.kubernetes.io/last-applied-configuration',
    why: 'describes another object; the next apply would remove fields by it',
  },
  { key: 'deployment.kubernetes.io/', why: 'written by the Deployment controller' },
  { key: 'release.zero-downtime.dev/', why: 'says what releases did to the other object' },
];

export function carriedFrom({ metadata, spec }: Deployment): Carried {
  return {
    labels: carriedKeys(metadata.labels),
    annotations: carriedKeys(metadata.annotations),
    spec: carriedSpec(spec),
  };
}

/** Labels or annotations of an object that another one may have too. */
export function carriedKeys(texts: Texts = {}): Texts {
  return Object.fromEntries(Object.entries(texts).filter((entry) => !isLeftOut(...entry)));
}

/** Gives an object that stands already what it is to carry; what else it has it keeps. */
export function carrying(found: Texts | undefined, carried: Texts): Texts {
  return { ...found, ...carried };
}

/** The way back: only what `carried` has changed is as it was before. */
export function carriedBack(found: Texts | undefined, carried: Texts, before: Texts): Texts {
  const others = Object.entries({ ...found }).filter(([key]) => !(key in carried));
  const own = Object.entries(before).filter(([key]) => key in carried);
  return Object.fromEntries([...others, ...own]);
}

/** Writes a map of metadata whole: the write names the version that it was made from. */
export function writing(what: 'labels' | 'annotations', value: Texts): PatchOperation {
  return { op: 'add', path: `/metadata/${what}`, value };
}

function carriedSpec(spec: Deployment['spec']): CarriedSpec {
  // Paused would keep the copy from ever having pods.
  const { replicas: _r, selector: _s, template: _t, paused: _p, ...carried } = spec;
  return carried;
}

function isLeftOut(key: string, value: string): boolean {
  return LEFT_OUT.some((left) => {
    const named = left.key.endsWith('/') ? key.startsWith(left.key) : key === left.key;
    return named && (left.value === undefined || left.value === value);
  });
}
