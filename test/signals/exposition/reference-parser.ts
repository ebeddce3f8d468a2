/** One sample as the reference sees it. */
type ReferenceSample = [name: string, labels: Record<string, string>, value: number];

const sample = /^[ \t]*([A-Za-z_:][\w:]*)[ \t]*(?:\{(.*?)\})?[ \t]+(\S+)(?:[ \t]+[-\d.]+)?[ \t]*(?:# \{.*)?$/s;
const label = /([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/gs;

/**
 * The exposition format as its specification reads, the plain way: the whole text, line by line, one expression for a line.
 * It knows no malformed texts and no braces within values; what it reads, ExpositionReader has to read the same.
 */
export function referenceSamples(text: string): ReferenceSample[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trimStart().startsWith('#'))
    .map((line): ReferenceSample => {
      const [, name = '', labels = '', value = ''] = sample.exec(line) ?? [];
      const pairs = [...labels.matchAll(label)].map(([, key = '', quoted = '']) => [key, unescape(quoted)]);
      return [name, Object.fromEntries(pairs) as Record<string, string>, numberOf(value)];
    });
}

function unescape(quoted: string): string {
  return quoted.replace(/\\(.)/gs, (whole, char: string) =>
    char === 'n' ? '\n' : '"\\'.includes(char) ? char : whole,
  );
}

function numberOf(text: string): number {
  return text.endsWith('Inf') ? Number(text.replace('Inf', 'Infinity')) : Number(text);
}
