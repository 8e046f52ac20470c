/** How the API words what is wrong with a field. */
import type { FailureCause } from './failure.ts';

export function missing(field: string, why = ''): FailureCause {
  const message = why === '' ? 'Required value' : `Required value: ${why}`;
  return { reason: 'FieldValueRequired', message, field };
}

export function invalid(field: string, value: unknown, why: string): FailureCause {
  const message = `Invalid value: ${JSON.stringify(value)}: ${why}`;
  return { reason: 'FieldValueInvalid', message, field };
}

export function unsupported(
  field: string,
  value: unknown,
  supported: readonly string[],
): FailureCause {
  const list = supported.map((name) => `"${name}"`).join(', ');
  const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${list}`;
  return { reason: 'FieldValueNotSupported', message, field };
}

export function duplicate(field: string, value: unknown): FailureCause {
  return {
    reason: 'FieldValueDuplicate',
    message: `Duplicate value: ${JSON.stringify(value)}`,
    field,
  };
}

export function notFoundIn(field: string, value: unknown): FailureCause {
  return { reason: 'FieldValueNotFound', message: `Not found: ${JSON.stringify(value)}`, field };
}

export function tooLong(field: string, bytes: number): FailureCause {
  const message = `Too long: may not be more than ${bytes} bytes`;
  return { reason: 'FieldValueTooLong', message, field };
}

export function forbidden(field: string, why: string): FailureCause {
  return { reason: 'FieldValueForbidden', message: `Forbidden: ${why}`, field };
}

/** The fault, where `wrong` holds. */
export function when(wrong: boolean, fault: () => FailureCause): FailureCause[] {
  return wrong ? [fault()] : [];
}
