/** Guards: a task runs when every one of its expressions holds. */
import type { WhenExpression } from '../../model/pipeline.ts';

export function allowsExecution(expressions: readonly WhenExpression[] = []): boolean {
  return expressions.every(({ input, operator, values }) => {
    switch (operator) {
      case 'in':
        return values.includes(input);
      case 'notin':
        return !values.includes(input);
    }
  });
}
