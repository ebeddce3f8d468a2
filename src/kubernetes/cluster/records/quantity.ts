const grammar = /^\+?(\d+(?:\.\d*)?|\.\d+)(?:(n|u|m|k|M|G)|[eE]([+-]?\d{1,2}))?$/;
const factors: Readonly<Record<string, number>> = { n: 1e-9, u: 1e-6, m: 1e-3, k: 1e3, M: 1e6, G: 1e9 };

/**
 * The number that a Kubernetes quantity stands for: `100m` is 0.1. Undefined for what is none, or below 0. Grammar:
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function parseQuantity(quantity: string | number): number | undefined {
  const [, digits, suffix = '', exponent = '0'] = grammar.exec(String(quantity)) ?? [];
  return digits === undefined ? undefined : Number(digits) * (factors[suffix] ?? 1) * 10 ** Number(exponent);
}
