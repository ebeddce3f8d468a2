import { describe, expect, it } from 'vitest';
import { RequestModel } from '../../src/simulator/requests.ts';
import type { Server } from '../../src/simulator/requests.ts';

const minuteMs = 60_000;

function server(accepting = true): Server {
  return { accepting, finishesMs: [] };
}

describe('the request model', () => {
  it('keeps requests waiting while there is no pod, and loses none', () => {
    const model = new RequestModel({ slotsPerPod: 2, serviceMs: minuteMs });
    model.advance(minuteMs, minuteMs, 5, []);
    expect(model).toMatchObject({ arrived: 5, waiting: 5, served: 0 });
  });

  it('gives each pod no more than its slots, and serves the rest as slots fall free', () => {
    const model = new RequestModel({ slotsPerPod: 2, serviceMs: minuteMs });
    const pods = [server(), server()];
    model.advance(minuteMs, minuteMs, 5, pods);
    expect(pods.map(({ finishesMs }) => finishesMs.length)).toEqual([2, 2]);
    expect(model.waiting).toBe(1);
    model.advance(2 * minuteMs, minuteMs, 0, pods);
    expect(model).toMatchObject({ served: 4, waiting: 0, longestWaitMs: minuteMs });
    model.advance(3 * minuteMs, minuteMs, 0, pods);
    expect(model).toMatchObject({ arrived: 5, served: 5 });
  });

  it('sends nothing to a pod that does not accept, but lets it finish', () => {
    const model = new RequestModel({ slotsPerPod: 2, serviceMs: minuteMs });
    const leaving = { ...server(false), finishesMs: [minuteMs] };
    model.advance(minuteMs, minuteMs, 1, [leaving]);
    expect(model).toMatchObject({ served: 1, waiting: 1 });
  });

  it('lets fractions of a request add up over many small steps', () => {
    const model = new RequestModel({ slotsPerPod: 1, serviceMs: minuteMs });
    for (let step = 1; step <= 600; step += 1) model.advance(step * 100, 100, 10.5, []);
    expect(model.arrived).toBe(10);
  });
});
