/** Whether what is referred to exists, and stands where a text, a list or an object may stand. */
import type { FailureCause } from '../../kubernetes/definitions/failure.ts';
import type { ParamSpec } from '../model/task.ts';
import { declaredType } from '../params.ts';
import { referencesIn } from '../substitution/substitute.ts';
import { fault } from './shape.ts';

interface TextAt {
  readonly text: string;
  readonly path: string;
}

/** Every text in `node`, with the path to it. */
export function textsAt(node: unknown, path: string): TextAt[] {
  if (typeof node === 'string') return [{ text: node, path }];
  if (Array.isArray(node)) {
    return node.flatMap((element, index) => textsAt(element, `${path}[${index}]`));
  }
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => textsAt(value, `${path}.${key}`));
}

/** `params.list[*]`, `params['list']`, `params.object.key`: the name and what follows it. */
const PARAM = /^params(?:\.([^.[\]]+(?:\.[^.[\]]+)*)|\[(["'])(.*?)\2\])(\[(?:\d+|\*)\])?$/;

/** Where a list may stand in for an element: in lists of texts. */
const ELEMENT = /\.(?:command|args|values|value)(?:\[\d+\])?$/;

export function paramReferenceFaults(
  node: unknown,
  path: string,
  params: readonly ParamSpec[],
): FailureCause[] {
  const declared = new Map(params.map((spec) => [spec.name, spec]));
  return textsAt(node, path).flatMap((at) =>
    referencesIn(at.text)
      .filter((reference) => /^params\b/.test(reference))
      .flatMap((reference) => referenceFault(reference, at, declared) ?? []),
  );
}

function referenceFault(
  reference: string,
  { text, path }: TextAt,
  declared: ReadonlyMap<string, ParamSpec>,
): FailureCause | undefined {
  const unknown = fault(`non-existent variable in ${JSON.stringify(text)}`, path);
  const match = PARAM.exec(reference);
  if (!match) return unknown;
  const [, plain = '', , quoted, index] = match;
  const spec = declared.get(quoted ?? plain);
  if (!spec) return isKnownKey(plain, declared) ? undefined : unknown;
  const isWhole = declaredType(spec) !== 'string' && (index === undefined || index === '[*]');
  if (!isWhole) return undefined;
  if (!ELEMENT.test(path)) return fault(`variable type invalid in ${JSON.stringify(text)}`, path);
  return text === `$(${reference})`
    ? undefined
    : fault(`variable is not properly isolated in ${JSON.stringify(text)}`, path);
}

/** `database.port` where the object `database` has a `port`. */
function isKnownKey(name: string, declared: ReadonlyMap<string, ParamSpec>): boolean {
  const dot = name.lastIndexOf('.');
  const properties = declared.get(name.slice(0, dot))?.properties;
  return properties !== undefined && name.slice(dot + 1) in properties;
}

/** Of the variables `context.<subject>.<name>` the names that exist, by subject. */
export type ContextNames = Readonly<Record<string, readonly string[]>>;

export const TASK_CONTEXT: ContextNames = {
  task: ['name', 'retry-count'],
  taskRun: ['name', 'namespace', 'uid'],
};

export const PIPELINE_CONTEXT: ContextNames = {
  pipeline: ['name'],
  pipelineRun: ['name', 'namespace', 'uid'],
  pipelineTask: ['retries'],
};

export function contextFaults(node: unknown, path: string, names: ContextNames): FailureCause[] {
  return textsAt(node, path).flatMap(({ text, path: at }) =>
    referencesIn(text).flatMap((reference) => {
      const [, subject = '', name = ''] = /^context\.([^.]+)\.(.*)$/.exec(reference) ?? [];
      const known = names[subject];
      if (!known || known.includes(name)) return [];
      return [fault(`non-existent variable in ${JSON.stringify(text)}`, at)];
    }),
  );
}
