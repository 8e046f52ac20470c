/** The key `rollback`: the triggers that turn a release back, or warn. */
import { TRIGGER } from '../../triggers/trigger-config.ts';

export const ROLLBACK = {
  type: 'object',
  additionalProperties: false,
  properties: {
    triggers: {
      type: 'array',
      items: TRIGGER,
      description: 'Default: error_rate above 10% for 3s. A profile adds its own.',
    },
  },
} as const;
