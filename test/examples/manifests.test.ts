import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { parseTriggerMetadata } from '../../src/policy/trigger-metadata.ts';

interface Trigger {
  readonly type: string;
  readonly metadata: Record<string, string>;
}

interface Document {
  readonly kind?: string;
  readonly spec?: { readonly triggers?: readonly Trigger[] };
}

const fence = /^[ ]*```ya?ml\n([\s\S]*?)^[ ]*```/gm;

/** YAML that users copy: the examples, and the fenced blocks of every page. */
function yamlTexts(): { where: string; text: string }[] {
  const files = globSync('examples/*.yaml').map((path) => ({ where: path, text: readFileSync(path, 'utf8') }));
  const pages = globSync(['README.md', 'CONTRIBUTING.md', 'docs/**/*.md', 'charts/*/README.md', 'examples/*.md']);
  const blocks = pages.flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(fence)].map(([, text = ''], index) => ({
      where: `${path} #${index + 1}`,
      text,
    })),
  );
  return [...files, ...blocks].sort((a, b) => a.where.localeCompare(b.where));
}

function documents(text: string): Document[] {
  return parseAllDocuments(text).map((document) => {
    if (document.errors[0]) throw document.errors[0];
    return document.toJS() as Document;
  });
}

const texts = yamlTexts();
const triggers = texts.flatMap(({ where, text }) =>
  documents(text).flatMap((one) => (one.spec?.triggers ?? []).map((trigger) => ({ where, trigger }))),
);

describe('YAML that users copy', () => {
  it.each(texts)('$where is YAML without a key twice', ({ text }) => {
    expect(() => documents(text)).not.toThrow();
  });

  it('has triggers in every ScaledObject of the examples', () => {
    const without = globSync('examples/*.yaml').filter((path) =>
      documents(readFileSync(path, 'utf8')).some((one) => one.kind === 'ScaledObject' && !one.spec?.triggers?.length),
    );
    expect(triggers.length).toBeGreaterThan(0);
    expect(without).toEqual([]);
  });

  it.each(triggers)('$where has a trigger that pilotlight accepts without a warning', ({ trigger }) => {
    expect(trigger.type).toMatch(/^external(-push)?$/);
    expect(parseTriggerMetadata(trigger.metadata).warnings).toEqual([]);
  });

  it.each(triggers)("$where names the chart's scaler", ({ trigger }) => {
    expect(trigger.metadata['scalerAddress']).toBe('pilotlight-scaler.pilotlight:6000');
  });
});
