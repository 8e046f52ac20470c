/** Carries out one action. A refused precondition means: look again; the world has moved on. */
import { foreignText } from '../../core/base/foreign-text.ts';
import { type Action, type Effect, type Target, targetOf } from '../../core/cluster/action.ts';
import { messageOf } from '../base/failure.ts';
import type { Log } from '../context/log.ts';
import type { Kube, WriteResult } from '../kube/client.ts';
import { KubeError } from '../kube/refusal.ts';
import type { Observer } from '../kube/watch/observer.ts';
import type { DrainHooks } from './drain-hooks.ts';

export interface Applying {
  readonly kube: Kube;
  readonly observer: Observer;
  readonly calls: DrainHooks;
  readonly log: Log;
  readonly namespace: string;
}

/** `stale`: decided on something that is no longer so; nothing was changed. */
export type Applied = 'done' | 'stale';

const LOG_LINES = 10;
const LOG_BYTES = 16_384;

export async function applyAction(action: Action, executing: Applying): Promise<Applied> {
  const { kube, log, observer, calls } = executing;
  const { effect } = action;
  switch (effect.kind) {
    case 'create':
      return settle(await kube.create(effect.object), targetOf(effect.object), observer);
    case 'patch':
      return settle(await patched(effect, executing), effect.target, observer);
    case 'apply':
      return settle(await kube.apply(effect.object), targetOf(effect.object), observer);
    case 'delete': {
      const { target, uid, resourceVersion } = effect;
      // Gone, or going: what is still there of it is for the API to end.
      if ((await kube.remove(target, uid, resourceVersion)).kind === 'done') {
        observer.forget(target);
        return 'done';
      }
      // No stage may ask for one pod alone.
      await (target.kind === 'Pod' ? observer.relistPods() : observer.refresh(target));
      return 'stale';
    }
    case 'call':
      calls.start(action.id, effect);
      return 'done';
    case 'show-log':
      for (const line of await lastWords(effect, executing)) {
        log.event({
          event: 'container-log',
          pod: effect.pod,
          container: effect.container,
          log: foreignText(line),
        });
      }
      return 'done';
  }
}

async function patched(
  { target, operations, optional }: Extract<Effect, { kind: 'patch' }>,
  { kube, log }: Applying,
): Promise<WriteResult> {
  try {
    return await kube.patch(target, operations);
  } catch (thrown) {
    if (!optional || !(thrown instanceof KubeError)) throw thrown;
    log.event({ event: 'action-skipped', 'left-undone': messageOf(thrown) });
    return { kind: 'done', object: undefined };
  }
}

async function settle(written: WriteResult, target: Target, observer: Observer): Promise<Applied> {
  if (written.kind === 'conflict') {
    await observer.refresh(target);
    return 'stale';
  }
  if (written.object) observer.learn(written.object);
  return 'done';
}

/** Of the container's last run, or of this one where there was none before. */
async function lastWords(
  { pod, container }: Extract<Effect, { kind: 'show-log' }>,
  { kube, namespace }: Applying,
): Promise<string[]> {
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}/log?container=${container}&tailLines=${LOG_LINES}&limitBytes=${LOG_BYTES}`;
  const text = await kube
    .text(`${path}&previous=true`)
    .catch(() => kube.text(path))
    .catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}
