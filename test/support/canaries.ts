/** Every secret of a test that looks for leaks begins with it, so that any part of one tells where it has got to. */
const canary = 'cnry';

/** A secret with all that is written otherwise in JSON, in URLs and in base64. */
export function canarySecret(name: string): string {
  return `${canary}-${name} "/+?=é${name}`;
}

/** What gives a canary away: as it is, in hexadecimal, and in base64 wherever it begins. */
const traces = [canary, Buffer.from(canary).toString('hex'), ...[0, 1, 2].map(inBase64)];

/** Places in a text where a canary shows, in whatever form, with what stands around them. */
export function findCanaries(text: string): readonly string[] {
  return traces.flatMap((trace) => [...text.matchAll(new RegExp(RegExp.escape(trace), 'gi'))]).map(({ index }) => text.slice(Math.max(0, index - 80), index + 80)); // prettier-ignore
}

/** All forms in which a server may quote a secret. */
export function quoteInAllForms(secret: string): string {
  const bytes = Buffer.from(secret);
  const forms = [secret, encodeURIComponent(secret), JSON.stringify(secret), bytes.toString('base64'), bytes.toString('base64url')]; // prettier-ignore
  return forms.join(' and ');
}

/** What of the canary is the same whatever stands around it, with so many bytes before it. */
function inBase64(before: number): string {
  const text = Buffer.from('x'.repeat(before) + canary).toString('base64');
  return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + canary.length) * 8) / 6));
}
