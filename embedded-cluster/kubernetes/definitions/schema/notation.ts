/**
 * Reads the tables of types in embedded-cluster/kubernetes/kinds/types. A type is its name, and under it its fields:
 *
 *     Container
 *       name=1 command=3:string[] ports=6:ContainerPort[containerPort,protocol]
 *
 * A field is `name=number:type`, where a type that is left out is a string and a number that is left
 * out is not known; `name!` is one that must be there. `T[]` is a list owned as a whole, `T[*]` a set, `T[a,b]` a list whose items are
 * told apart by their fields a and b; `T{}` is a map and `T{!}` one owned as a whole. A type whose
 * name ends in `!` is owned as a whole.
 */
import type { Field, ItemIdentity, Scalar, Shape, StructShape } from './shape.ts';

const SCALARS: ReadonlySet<string> = new Set<Scalar>([
  'string',
  'int',
  'bool',
  'bytes',
  'Time',
  'MicroTime',
  'Quantity',
  'IntOrString',
  'any',
]);

export function readTypes(tables: readonly string[]): (name: string) => StructShape | undefined {
  const sources = new Map(tables.flatMap(sourcesIn));
  const known = new Map<string, StructShape>();
  const shapeOf = (name: string): StructShape | undefined => {
    const source = sources.get(name);
    if (!source) return undefined;
    const shape = known.get(name) ?? {
      type: 'struct',
      name,
      ownership: source.atomic ? 'atomic' : 'granular',
      fields: new Map(source.fields.map((field) => fieldFrom(field, shapeOf))),
    };
    known.set(name, shape);
    return shape;
  };
  return shapeOf;
}

interface Source {
  readonly atomic: boolean;
  readonly fields: readonly string[];
}

function sourcesIn(table: string): [string, Source][] {
  const types: [string, { atomic: boolean; fields: string[] }][] = [];
  for (const line of table.split('\n')) {
    if (line === '') continue;
    const words = line.trim().split(' ');
    if (line.startsWith(' ')) {
      types.at(-1)?.[1].fields.push(...words);
    } else {
      types.push([line.replace('!', ''), { atomic: line.endsWith('!'), fields: [] }]);
    }
  }
  return types;
}

function fieldFrom(
  text: string,
  shapeOf: (name: string) => StructShape | undefined,
): [string, Field] {
  const parsed = /^(\w+)(!?)(?:=([\d.]+))?(?::([\w.]+)(.*))?$/.exec(text);
  if (!parsed) throw new Error(`not a field: ${text}`);
  const [, name = '', mark, number, type = 'string', suffix = ''] = parsed;
  const base: Shape | undefined = SCALARS.has(type)
    ? { type: 'scalar', scalar: type as Scalar } // one of the names just looked up
    : shapeOf(type);
  if (!base) throw new Error(`field ${name} is of a type that is not in the tables: ${type}`);
  const field = { shape: wrapped(base, suffix), number: number?.split('.').map(Number) };
  return [name, mark === '!' ? { ...field, presence: 'required' } : field];
}

function wrapped(base: Shape, suffix: string): Shape {
  switch (suffix) {
    case '':
      return base;
    case '{}':
      return { type: 'map', values: base, ownership: 'granular' };
    case '{!}':
      return { type: 'map', values: base, ownership: 'atomic' };
    default:
      return { type: 'list', items: base, identity: identityFrom(suffix.slice(1, -1)) };
  }
}

function identityFrom(text: string): ItemIdentity {
  if (text === '') return { by: 'position' };
  if (text === '*') return { by: 'value' };
  return { by: 'keys', keys: text.split(',') };
}
