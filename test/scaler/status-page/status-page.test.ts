import { createHash } from 'node:crypto';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { statusPage } from '../../../src/scaler/status-page/status-page.ts';
import { FakeDocument } from '../../support/fake-document.ts';
import type { FakeElement } from '../../support/fake-document.ts';

const { body, headers, contentType } = statusPage();
const script = /<script type="module">([^]*?)<\/script>/.exec(body)?.[1] ?? '';
const style = /<style>([^]*?)<\/style>/.exec(body)?.[1] ?? '';
const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

describe('the page', () => {
  it('is whole: it names nothing that a browser would have to fetch', () => {
    expect(contentType).toBe('text/html; charset=utf-8');
    expect(body).not.toMatch(/https?:|src=/);
    expect(style).not.toMatch(/@import|url\(/);
    expect(body.match(/href="[^"]*"/g)).toEqual(['href="data:,"', 'href="api/decisions"']);
    expect(script).not.toMatch(/^import /m);
    expect(body.match(/<\/script>/g)).toHaveLength(1);
  });

  it('lets a browser run its own script and style, and nothing else', () => {
    const policy = headers?.['content-security-policy'] ?? '';
    expect(policy).toContain(`script-src ${hashOf(script)};`);
    expect(policy).toContain(`style-src ${hashOf(style)};`);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
  });

  it('never makes markup of text', () => {
    expect(script).not.toMatch(/innerHTML|outerHTML|insertAdjacent|document\.write|eval\(/);
  });
});

/** The page's script in a document of its own, with a scaler that answers as a test says. */
async function open(answer: (path: string) => unknown, hash = '') {
  const document = new FakeDocument();
  let next: () => void = () => undefined;
  const fetch = async (path: string): Promise<object> => {
    const said = answer(path);
    if (said instanceof Error) throw said;
    return { ok: said !== undefined, status: said === undefined ? 404 : 200, json: async () => said };
  };
  const setTimeout = (call: () => void): void => {
    next = call;
  };
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  runInNewContext(script.replaceAll(/^export /gm, ''), { document, fetch, setTimeout, Error, location: { hash } });
  await settle();
  const poll = async (): Promise<void> => {
    next();
    await settle();
  };
  const rows = (): FakeElement[] => document.getElementById('list').children as FakeElement[];
  return { document, poll, rows, settle, trouble: document.getElementById('trouble') };
}

const evil = '<img src=x onerror="alert(1)">';
const llama = { namespace: 'inference', name: 'llama', state: 'decided', required: 2, active: true, rule: 'load', why: evil }; // prettier-ignore
const mistral = { ...llama, name: 'mistral-10', why: 'queue' };
const small = { ...llama, name: 'mistral-9', required: 0, active: false, why: 'idle' };

describe('its script', () => {
  it('shows all decisions by name, foreign text as text', async () => {
    const { rows } = await open(() => ({ decisions: [mistral, small, llama] }));
    expect(rows().map((row) => row.textContent)).toEqual([
      expect.stringContaining(`inference/llama`),
      expect.stringContaining('inference/mistral-9'),
      expect.stringContaining('inference/mistral-10'),
    ]);
    expect(rows()[0]?.textContent).toContain(evil);
  });

  it('follows what changes, and drops what is gone', async () => {
    let decisions = [llama, mistral];
    const { rows, poll } = await open(() => ({ decisions }));
    const [before] = rows();
    decisions = [{ ...llama, required: 5 }];
    await poll();
    expect(rows()).toHaveLength(1);
    expect(rows()[0]).toBe(before);
    expect(before?.textContent).toContain('→ 5');
  });

  it('keeps two triggers of one ScaledObject apart', async () => {
    const { rows } = await open(() => ({ decisions: [llama, { ...llama, required: 7 }] }));
    expect(rows().map((row) => /→ \d/.exec(row.textContent)?.[0])).toEqual(['→ 2', '→ 7']);
  });

  it('hides what the filter does not find, and says how many are left', async () => {
    const { document, rows } = await open(() => ({ decisions: [llama, mistral, small] }));
    document.getElementById('words').value = 'mistral';
    document.getElementById('words').listeners.get('input')?.();
    expect(rows().map(({ hidden }) => hidden)).toEqual([true, false, false]);
    document.getElementById('standing').value = 'asleep';
    document.getElementById('standing').listeners.get('change')?.();
    expect(rows().map(({ hidden }) => hidden)).toEqual([true, false, true]);
    expect(document.getElementById('count').textContent).toBe('1 of 3 shown');
  });

  it('asks for the details of a row that is opened, or that the address names', async () => {
    const triggers = [{ ...llama, bids: [], signals: [], warnings: ['a warning'] }];
    const asked: string[] = [];
    const answer = (path: string): unknown => {
      asked.push(path);
      return path === 'api/decisions' ? { decisions: [llama, mistral] } : { triggers };
    };
    const { rows, settle } = await open(answer, '#inference/mistral-10');
    expect(asked).toContain('api/decisions/inference/mistral-10');
    expect(asked).not.toContain('api/decisions/inference/llama');
    rows()[0]!.open = true;
    await settle();
    expect(rows()[0]?.textContent).toContain('a warning');
  });

  it('says that the scaler does not answer, and keeps what it said last', async () => {
    let answer: unknown = { decisions: [llama] };
    const { rows, poll, trouble } = await open(() => answer);
    answer = new Error('connection refused');
    await poll();
    expect(trouble.textContent).toBe(
      "The scaler can't be asked: connection refused. What is shown is what it said last.",
    );
    expect([rows().length, trouble.hidden]).toEqual([1, false]);
    answer = { decisions: [llama] };
    await poll();
    expect(trouble.hidden).toBe(true);
  });
});
