import { z } from 'zod';
import type { LabelSelector } from '../../../domain/label-selector.ts';

/** A selector as objects hold it: `{ matchLabels, matchExpressions }`. */
export const labelSelectorObject = z
  .object({
    matchLabels: z.record(z.string(), z.string()).default({}),
    matchExpressions: z
      .array(
        z.object({
          key: z.string(),
          operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
          values: z.array(z.string()).default([]),
        }),
      )
      .default([]),
  })
  .transform(({ matchLabels, matchExpressions }): LabelSelector => {
    const operators = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: 'absent' } as const;
    return [
      ...Object.entries(matchLabels).map(([key, value]) => ({ key, operator: 'in' as const, values: [value] })),
      ...matchExpressions.map((expression) => ({ ...expression, operator: operators[expression.operator] })),
    ];
  });
