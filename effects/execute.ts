/** Carries out one action. A refused precondition means: look again; the world has moved on. */
import { foreignText } from '../core/foreign-text.ts';
import { type Action, type Effect, type Target, targetOf } from '../core/release/action.ts';
import type { Calls } from './calls.ts';
import { messageOf } from './failure.ts';
import { type Kube, KubeError, type Written } from './kube/client.ts';
import type { Log } from './log.ts';
import type { Observer } from './observer.ts';

export interface Executing {
  readonly kube: Kube;
  readonly observer: Observer;
  readonly calls: Calls;
  readonly log: Log;
  readonly namespace: string;
}

/** `stale`: decided on something that is no longer so; nothing was changed. */
export type Executed = 'done' | 'stale';

const LOG_LINES = 10;
const LOG_BYTES = 16_384;

export async function execute(action: Action, executing: Executing): Promise<Executed> {
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
        log.line(`pod=${effect.pod} container=${effect.container} log="${foreignText(line)}"`);
      }
      return 'done';
  }
}

async function patched(
  { target, operations, optional }: Extract<Effect, { kind: 'patch' }>,
  { kube, log }: Executing,
): Promise<Written> {
  try {
    return await kube.patch(target, operations);
  } catch (thrown) {
    if (!optional || !(thrown instanceof KubeError)) throw thrown;
    log.line(`left-undone="${messageOf(thrown)}"`);
    return { kind: 'done', object: undefined };
  }
}

async function settle(written: Written, target: Target, observer: Observer): Promise<Executed> {
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
  { kube, namespace }: Executing,
): Promise<string[]> {
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}/log?container=${container}&tailLines=${LOG_LINES}&limitBytes=${LOG_BYTES}`;
  const text = await kube
    .text(`${path}&previous=true`)
    .catch(() => kube.text(path))
    .catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}
