/** Amounts of resources, as in `500m` and `1.5Gi`. */
import type { FailureCause } from '../../definitions/failure.ts';
import { invalid, when } from '../../definitions/field-faults.ts';
import { type Fields, fieldsOf } from '../fields.ts';

const QUANTITY = /^[+-]?(\d+\.?\d*|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/;

export function quantityFaults(resources: Fields, field: string): FailureCause[] {
  return ['limits', 'requests'].flatMap((list) =>
    Object.entries(fieldsOf(resources[list])).flatMap(([name, amount]) =>
      when(!QUANTITY.test(String(amount)), () =>
        invalid(
          `${field}.${list}.${name}`,
          amount,
          "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
        ),
      ),
    ),
  );
}
