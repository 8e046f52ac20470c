/** The shape of a kind's objects: its fields, their types, and how lists of them are merged. */

export type Scalar =
  | 'string'
  | 'int'
  | 'bool'
  | 'bytes'
  | 'Time'
  | 'MicroTime'
  | 'Quantity'
  | 'IntOrString'
  | 'any';

/** Whether the parts of a value have owners of their own, or it is owned and replaced as a whole. */
type Ownership = 'granular' | 'atomic';

/** What makes two items of a list the same item. */
export type ItemIdentity =
  | { readonly by: 'position' }
  | { readonly by: 'value' }
  | { readonly by: 'keys'; readonly keys: readonly string[] };

export interface ScalarShape {
  readonly type: 'scalar';
  readonly scalar: Scalar;
}

export interface StructShape {
  readonly type: 'struct';
  readonly name: string;
  readonly fields: ReadonlyMap<string, Field>;
  readonly ownership: Ownership;
  /** Fields that it does not name are kept. */
  readonly open?: 'open';
}

interface MapShape {
  readonly type: 'map';
  readonly values: Shape;
  readonly ownership: Ownership;
}

export interface ListShape {
  readonly type: 'list';
  readonly items: Shape;
  readonly identity: ItemIdentity;
}

export type Shape = ScalarShape | StructShape | MapShape | ListShape;

export interface Field {
  readonly shape: Shape;
  /** Where it lies in protobuf: two numbers where Go embeds one struct in another. */
  readonly number: readonly number[] | undefined;
  /** Whether an object without it is refused. Only said of kinds that nothing else checks. */
  readonly presence?: 'required';
}

export const ANY: ScalarShape = { type: 'scalar', scalar: 'any' };
