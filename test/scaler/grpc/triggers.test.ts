import { describe, expect, it } from 'vitest';
import type { Answer, FromGrpc } from '../../../src/scaler/answers/message.ts';
import { Triggers } from '../../../src/scaler/grpc/triggers.ts';
import { HandClock } from '../../support/hand-clock.ts';

const ref = { namespace: 'inference', name: 'llama' };
const metadata = { queueTarget: '5' };

function build() {
  const clock = new HandClock('2026-03-03T10:00:00Z');
  const said: FromGrpc[] = [];
  const triggers = new Triggers({
    tell: (message) => said.push(message),
    clock,
    transportClock: clock,
    staleAfterMs: 45_000,
  });
  const answer = (replicas: number): Answer => ({
    state: 'decided',
    replicas,
    active: true,
    isAtZero: false,
    decidedAtMs: clock.nowMs(),
  });
  return { clock, triggers, said, answer };
}

describe('Triggers', () => {
  it('asks once for what it does not know, and answers from then on what it hears', async () => {
    const { triggers, said, answer } = build();
    const found = triggers.find({ ...ref, scalerMetadata: metadata } as typeof ref, metadata);
    expect(said).toEqual([{ say: 'question', question: 0, ref, metadata }]);
    triggers.known({ say: 'known', question: 0, trigger: 7, answer: answer(2) });
    const trigger = await found;
    expect(trigger.ref).toEqual(ref);
    expect(trigger.answer()).toMatchObject({ replicas: 2 });

    triggers.answer({ say: 'answer', trigger: 7, answer: answer(3) });
    expect(triggers.find(ref, metadata)).toBe(trigger);
    expect(trigger.answer()).toMatchObject({ replicas: 3 });
    expect(said).toHaveLength(1);
  });

  it('knows one trigger however many asked for it at once', async () => {
    const { triggers, answer } = build();
    const found = [Promise.resolve(triggers.find(ref, metadata)), Promise.resolve(triggers.find(ref, metadata))];
    triggers.known({ say: 'known', question: 0, trigger: 7, answer: undefined });
    triggers.known({ say: 'known', question: 1, trigger: 7, answer: answer(1) });
    const [first, second] = await Promise.all(found);
    expect(second).toBe(first);
  });

  it('rejects what is refused, and asks again the next time', async () => {
    const { triggers, said } = build();
    const found = triggers.find(ref, metadata);
    triggers.refused({
      say: 'refused',
      question: 0,
      refusal: { failure: 'INVALID_ARGUMENT', details: 'queueTarget: no' },
    });
    await expect(found).rejects.toMatchObject({ failure: 'INVALID_ARGUMENT', message: 'queueTarget: no' });
    void triggers.find(ref, metadata);
    expect(said).toHaveLength(2);
  });

  it('says that nobody answers when nobody does', async () => {
    const { clock, triggers, answer } = build();
    const found = Promise.resolve(triggers.find(ref, metadata)).catch((error: unknown) => error);
    await clock.advance(9_999);
    expect(await Promise.race([found, Promise.resolve('still waiting')])).toBe('still waiting');
    await clock.advance(1);
    expect(await found).toMatchObject({
      failure: 'UNAVAILABLE',
      message: 'not answered within 10s: what decides is busy or stuck',
    });
    triggers.known({ say: 'known', question: 0, trigger: 7, answer: answer(2) });
    expect(triggers.find(ref, metadata)).toBeInstanceOf(Promise);
  });

  it('tells that a trigger is asked for once a minute, and whether streams hold it at once', async () => {
    const { clock, triggers, said } = build();
    const found = triggers.find(ref, metadata);
    triggers.known({ say: 'known', question: 0, trigger: 7, answer: undefined });
    const trigger = await found;
    for (let seconds = 0; seconds < 150; seconds += 10) {
      await clock.advance(10_000);
      void triggers.find(ref, metadata);
    }
    expect(said.slice(1)).toEqual([
      { say: 'asked', trigger: 7 },
      { say: 'asked', trigger: 7 },
    ]);
    trigger.subscribe(() => undefined)();
    expect(said.slice(3)).toEqual([
      { say: 'held', trigger: 7, isHeld: true },
      { say: 'held', trigger: 7, isHeld: false },
    ]);
  });

  it('forgets what is dropped', async () => {
    const { triggers, said } = build();
    const found = triggers.find(ref, metadata);
    triggers.known({ say: 'known', question: 0, trigger: 7, answer: undefined });
    await found;
    triggers.dropped({ say: 'dropped', trigger: 7 });
    triggers.dropped({ say: 'dropped', trigger: 7 });
    void triggers.find(ref, metadata);
    expect(said.at(-1)).toMatchObject({ say: 'question', question: 1 });
  });

  it('asks again for a trigger that was dropped just when a stream of it was opened, and goes on with it', async () => {
    const { triggers, said, answer } = build();
    const found = triggers.find(ref, metadata);
    triggers.known({ say: 'known', question: 0, trigger: 7, answer: undefined });
    const trigger = await found;
    let heard = 0;
    trigger.subscribe(() => (heard += 1));
    triggers.dropped({ say: 'dropped', trigger: 7 });
    expect(said.at(-1)).toMatchObject({ say: 'question', question: 1, ref, metadata });
    triggers.known({ say: 'known', question: 1, trigger: 8, answer: answer(1) });
    triggers.answer({ say: 'answer', trigger: 8, answer: answer(2) });
    expect(heard).toBe(2);
    expect(triggers.find(ref, metadata)).toBe(trigger);
    expect(said.at(-1)).toEqual({ say: 'held', trigger: 8, isHeld: true });
  });
});
