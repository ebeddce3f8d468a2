import { describe, expect, it } from 'vitest';
import { noEvents } from '../../../src/kubernetes/event-recorder.ts';
import { Answers } from '../../../src/scaler/answers/answers.ts';
import type { ToGrpc } from '../../../src/scaler/answers/message.ts';
import { Endpoint } from '../../../src/scaler/trigger/endpoint.ts';
import { Endpoints } from '../../../src/scaler/trigger/endpoints.ts';
import { ReadTurns } from '../../../src/scaler/trigger/read-turns.ts';
import { FakeSignals } from '../../support/fake-signals.ts';
import { FakeWorkloads } from '../../support/fake-workloads.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { recordingLogger } from '../../support/recording-logger.ts';
import { queueTrigger } from '../../support/running-scaler.ts';

const ref = { namespace: 'inference', name: 'llama' };
const { metadata } = queueTrigger();

function build() {
  const clock = new HandClock('2026-03-03T10:00:00Z');
  const workloads = new FakeWorkloads();
  const signals = new FakeSignals(clock);
  const { logger, lines } = recordingLogger();
  let broken = false;
  const endpoints = new Endpoints({
    make: (of, policy) => {
      if (broken) throw new Error('password hunter2 refused');
      const timing = { clock, turns: new ReadTurns(clock, 700), readIntervalMs: 1_000, phase: 0, staleAfterMs: 45_000 };
      return new Endpoint({
        ref: of,
        policy,
        signals,
        workloads,
        timing,
        hpaTolerance: 0.1,
        onDecision: () => undefined,
      });
    },
    workloads,
    events: noEvents,
    most: 5,
    clock,
    logger,
  });
  const told: ToGrpc[] = [];
  const answers = new Answers({ endpoints, tell: (message) => told.push(message), logger });
  const ask = (question: number, of = metadata): void =>
    answers.question({ say: 'question', question, ref, metadata: of });
  return { clock, workloads, signals, endpoints, answers, told, ask, lines, break: () => (broken = true) };
}

describe('Answers', () => {
  it('tells what is decided for a trigger from when it is asked for, each decision', async () => {
    const { clock, workloads, signals, told, ask } = build();
    workloads.set(ref, { replicas: 0, pods: [] });
    signals.set({ queue: 0 });
    ask(3);
    expect(told).toEqual([{ say: 'known', question: 3, trigger: 0, answer: undefined }]);
    await clock.advance(0);
    signals.set({ queue: 12 });
    await clock.advance(1_000);
    expect(told.slice(1)).toMatchObject([
      { say: 'answer', trigger: 0, answer: { state: 'decided', isAtZero: true } },
      { say: 'answer', trigger: 0, answer: { state: 'decided', replicas: 2.4, active: true, isAtZero: true } },
    ]);
    ask(4);
    expect(told.at(-1)).toMatchObject({ say: 'known', question: 4, trigger: 0, answer: { replicas: 2.4 } });
  });

  it('tells why nothing is decided', () => {
    const { clock, workloads, told, ask } = build();
    workloads.lose(ref, 'its Deployment is gone');
    ask(0);
    const answer = { state: 'undecided', reason: 'its Deployment is gone', decidedAtMs: clock.nowMs() };
    expect(told).toEqual([{ say: 'known', question: 0, trigger: 0, answer }]);
  });

  it('refuses metadata that are invalid', () => {
    const { told, ask } = build();
    ask(9, { ...metadata, queueTarget: 'many' });
    expect(told).toMatchObject([
      {
        say: 'refused',
        question: 9,
        refusal: { failure: 'INVALID_ARGUMENT', details: expect.stringContaining('queueTarget') as string },
      },
    ]);
  });

  it('answers a defect with nothing of the inside, and logs it', () => {
    const { told, ask, lines, break: breakIt } = build();
    breakIt();
    ask(0);
    const details = 'internal error; the log of pilotlight-scaler says which';
    expect(told).toEqual([{ say: 'refused', question: 0, refusal: { failure: 'INTERNAL', details } }]);
    expect(lines).toMatchObject([{ level: 'error', msg: 'rpc failed' }]);
  });

  it('says when a trigger is dropped because nobody asks for it any more, and not while it is asked for or held', async () => {
    const { clock, answers, told, ask } = build();
    ask(0);
    for (let minutes = 0; minutes < 30; minutes += 1) {
      await clock.advance(60_000);
      answers.asked(0);
    }
    answers.held(0, true);
    await clock.advance(1_800_000);
    expect(told.some(({ say }) => say === 'dropped')).toBe(false);
    answers.held(0, false);
    await clock.advance(700_000);
    expect(told.at(-1)).toEqual({ say: 'dropped', trigger: 0 });

    answers.asked(0);
    answers.held(0, true);
    ask(1);
    expect(told.at(-1)).toMatchObject({ say: 'known', question: 1, trigger: 1 });
  });
});
