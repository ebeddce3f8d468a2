import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { metricValue } from '../../../src/scaler/grpc/metric-value.ts';

/** What KEDA makes of an answer: 2.17 and newer take the float where it is above 0, older ones know only the integer. */
function seen(required: number): { newer: number; older: number } {
  const [value] = metricValue(required).metricValues ?? [];
  const float = Number(value?.metricValueFloat);
  const integer = Number(value?.metricValue);
  return { newer: float > 0 ? float : integer, older: integer };
}

describe('metricValue', () => {
  it.each([
    { required: 0, newer: 0, older: 0 },
    { required: 0.2, newer: 0.2, older: 1 },
    { required: 2, newer: 2, older: 2 },
    { required: 2.4, newer: 2.4, older: 3 },
    { required: 2.000_000_000_4, newer: 2.000_000_000_4, older: 2 },
    { required: -1, newer: 0, older: 0 },
    { required: Infinity, newer: 1_000_000, older: 1_000_000 },
    { required: 1e300, newer: 1_000_000, older: 1_000_000 },
  ])('sends $required as $newer, and as $older to KEDA 2.16', ({ required, newer, older }) => {
    expect(seen(required)).toEqual({ newer, older });
  });

  it('has the HPA ask for the same replicas whichever field KEDA reads', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 5_000, noNaN: true }), (required) => {
        const { newer, older } = seen(required);
        expect(older).toBe(Math.ceil(Number(newer.toFixed(3))));
      }),
    );
  });

  it('refuses to send what is no number', () => {
    expect(() => metricValue(NaN)).toThrow('the replicas required could not be computed');
  });
});
