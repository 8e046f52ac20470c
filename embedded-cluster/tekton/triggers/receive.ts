// What Tekton Triggers makes of a request: an EventListener's triggers with their interceptors,
// bindings and templates. After the sources of tektoncd/triggers, pkg/interceptors and pkg/template;
// `$(…)` is filled in by the code that fills in everything else on the embedded cluster.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { Environment, EvaluationError } from '@marcbachmann/cel-js';
import type { DraftObject } from '../../kubernetes/store/object.ts';
import { substituteDeep, substituteText } from '../substitution/substitute.ts';

export interface Request {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** As it was sent: signatures are made over this. */
  readonly text: string;
}

interface Interceptor {
  readonly ref: { readonly name: string };
  readonly params: readonly { readonly name: string; readonly value: unknown }[];
}

export interface EventListener {
  readonly spec: {
    readonly triggers: readonly {
      readonly name: string;
      readonly interceptors: readonly Interceptor[];
      readonly bindings: readonly { readonly ref: string }[];
      readonly template: { readonly ref: string };
    }[];
  };
}

export interface Sink {
  readonly listener: EventListener;
  readonly bindings: Readonly<Record<string, readonly { name: string; value: string }[]>>;
  readonly templates: Readonly<Record<string, readonly DraftObject[]>>;
  /** By `name/key`. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** Why a trigger goes no further. */
class Stopped extends Error {}

/** By trigger, what it creates or why it creates nothing. */
export function receive(sink: Sink, request: Request): Record<string, DraftObject[] | string> {
  const outcomes = sink.listener.spec.triggers.map((trigger) => {
    try {
      const extensions: Record<string, unknown> = {};
      for (const interceptor of trigger.interceptors) {
        Object.assign(extensions, intercept(sink, interceptor, request, extensions));
      }
      const event = { body: JSON.parse(request.text), header: request.headers, extensions };
      const params = trigger.bindings.flatMap(({ ref }) => sink.bindings[ref] ?? []);
      const variables = new Map(
        params.map(({ name, value }) => [`tt.params.${name}`, bound(value, event)] as const),
      );
      const templates = sink.templates[trigger.template.ref] ?? [];
      return [trigger.name, substituteDeep(templates, variables) as DraftObject[]] as const;
    } catch (stopped) {
      if (!(stopped instanceof Stopped)) throw stopped;
      return [trigger.name, stopped.message] as const;
    }
  });
  return Object.fromEntries(outcomes);
}

function intercept(
  sink: Sink,
  { ref, params }: Interceptor,
  request: Request,
  extensions: object,
): object {
  const given = Object.fromEntries(params.map(({ name, value }) => [name, value]));
  switch (ref.name) {
    case 'github':
      return checked(sink, given, request, 'x-github-event', signature('x-hub-signature-256'));
    case 'bitbucket':
      return checked(sink, given, request, 'x-event-key', signature('x-hub-signature'));
    case 'gitlab':
      return checked(sink, given, request, 'x-gitlab-event', (secret, { headers }) =>
        same(headers['x-gitlab-token'] ?? '', secret),
      );
    case 'cel':
      return calculated(given as unknown as CelParams, request, extensions); // ours
    default:
      throw new Error(`no interceptor ${ref.name}`);
  }
}

type Proof = (secret: string, request: Request) => boolean;

function checked(
  { secrets }: Sink,
  given: Record<string, unknown>,
  request: Request,
  eventHeader: string,
  proves: Proof,
): object {
  const types = given.eventTypes as string[];
  const type = request.headers[eventHeader] ?? '';
  if (!types.includes(type)) throw new Stopped(`event type ${type} is not allowed`);
  const { secretName, secretKey } = given.secretRef as { secretName: string; secretKey: string };
  const secret = secrets[`${secretName}/${secretKey}`];
  if (secret === undefined) throw new Stopped(`no secret ${secretName}`);
  if (!proves(secret, request)) throw new Stopped('payload signature check failed');
  return {};
}

function signature(header: string): Proof {
  return (secret, { headers, text }) =>
    same(
      headers[header] ?? '',
      `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`,
    );
}

function same(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

interface CelParams {
  readonly filter?: string;
  readonly overlays: readonly { readonly key: string; readonly expression: string }[];
}

/** As cel-go has it: values of any type beside each other, and what its strings and Triggers add. */
const CEL = new Environment({ homogeneousAggregateLiterals: false })
  .registerFunction('string.truncate(int): string', (text: string, most: bigint) =>
    text.slice(0, Number(most)),
  )
  .registerFunction(
    'string.replace(string, string): string',
    (text: string, from: string, to: string) => text.replaceAll(from, to),
  )
  .registerVariable('body', 'map')
  .registerVariable('header', 'map')
  .registerVariable('extensions', 'map');

function calculated({ filter, overlays }: CelParams, request: Request, extensions: object): object {
  const event = { body: JSON.parse(request.text), header: request.headers, extensions };
  const evaluate = (expression: string): unknown => {
    try {
      return CEL.evaluate(expression, event);
    } catch (wrong) {
      // A payload that lacks what is asked for, or has another type there.
      if (wrong instanceof EvaluationError) throw new Stopped('the expression failed');
      throw wrong;
    }
  };
  if (filter !== undefined && evaluate(filter) !== true) {
    throw new Stopped('the filter did not return true');
  }
  const found = overlays.map(({ key, expression }) => [key, evaluate(expression)]);
  return JSON.parse(JSON.stringify(Object.fromEntries(found))); // as it travels between interceptors
}

/** A path that leads nowhere is a fault in the binding. */
function bound(value: string, event: object): string {
  return substituteText(value, new Map(leaves(event)));
}

function leaves(node: unknown, path = ''): [string, string][] {
  if (typeof node !== 'object' || node === null) return [[path, String(node)]];
  return Object.entries(node).flatMap(([key, inner]) =>
    leaves(inner, path === '' ? key : `${path}.${key}`),
  );
}
