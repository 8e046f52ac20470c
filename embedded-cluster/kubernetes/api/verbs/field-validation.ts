/** What becomes of fields that a kind does not have: refused, warned of, or silently left behind. */

import { ApiFailure } from '../../definitions/failure.ts';
import { apiVersionOf } from '../../definitions/kind.ts';
import { decode } from '../../definitions/schema/decode.ts';
import { shapeOf } from '../../kinds/types/shapes.ts';
import type { DraftObject } from '../../store/object.ts';
import type { Call } from '../call.ts';

export function validated(call: Call, draft: DraftObject): DraftObject {
  const { world, kind, target } = call;
  const shape = shapeOf(world.store, kind, target.version);
  if (!shape) return draft;
  const { value, unknown } = decode(draft, shape);
  if (unknown.length === 0) return value;
  const faults = unknown.map((path) => `unknown field "${path}"`);
  switch (target.query.get('fieldValidation') ?? 'Warn') {
    case 'Strict':
      throw new ApiFailure(
        'BadRequest',
        `${typeText(call)}strict decoding error: ${faults.join(', ')}`,
      );
    case 'Warn':
      call.warnings.push(...faults);
      return value;
    case 'Ignore':
      return value;
    default:
      throw new ApiFailure(
        'Invalid',
        'fieldValidation: Unsupported value: supported values: "Ignore", "Strict", "Warn"',
      );
  }
}

function typeText({ kind, target }: Call): string {
  if (kind.origin === 'custom') return '';
  const version = apiVersionOf(kind, target.version);
  return `${kind.kind} in version "${version}" cannot be handled as a ${kind.kind}: `;
}
