/**
 * Why the stage that ended a run has said no: its results, of its TaskRun. A Task in finally that is given a
 * result which was never written is skipped, and this one must run whatever happened: so it asks.
 */
import { foreignText } from '../../core/base/foreign-text.ts';
import { endedBeforeReleasing, type StageEnds, statusOf } from '../../core/journal/stages.ts';
import type { KubernetesObject } from '../../core/kubernetes/objects.ts';
import { type AnyEnd, knownEnd } from '../../core/report/ends/sentence.ts';
import { listOf } from '../../core/security/fields.ts';
import type { StageContext } from '../../effects/context/stage-context.ts';

export interface Refusal {
  readonly code: AnyEnd;
  readonly text: string;
}

/** Undefined where it has not failed, or has not said why, or may not be asked. */
export async function refusalOf(
  { kube }: StageContext,
  ends: StageEnds,
  { namespace, run }: { readonly namespace: string; readonly run: string },
): Promise<Refusal | undefined> {
  const ended = endedBeforeReleasing(ends);
  if (run === '' || !ended || statusOf(ends, ended) !== 'Failed') return undefined;
  const labelSelector = `tekton.dev/pipelineRun=${run},tekton.dev/pipelineTask=${ended.name}`;
  const query = { kind: 'tekton.dev/v1/TaskRun', namespace, labelSelector } as const;
  // What it would say is only words: the run ends the same without them.
  const found = await kube.list<TaskRun>(query).catch(() => ({ items: [] }));
  const results = found.items.flatMap(({ status }) => listOf(status?.results));
  const said = (name: string): string => {
    const { value } = Object(results.find((each) => Object(each).name === name));
    return typeof value === 'string' ? value : '';
  };
  const code = knownEnd(said('code'));
  return code === undefined ? undefined : { code, text: foreignText(said('reason')) };
}

interface TaskRun extends KubernetesObject {
  readonly status?: { readonly results?: unknown };
}
