import { describe, expect, it } from 'vitest';
import { DeploymentModel } from '../../src/simulator/deployment.ts';

const gpus = [0, 1].map((index) => ({ node: 'node-a', index, uuid: `GPU-${index}` }));

function deployment(): DeploymentModel {
  return new DeploymentModel({ name: 'llama', gpus, startupMs: 1_000 });
}

function phases(model: DeploymentModel): string[] {
  return model.pods.map(({ phase }) => phase);
}

describe('the model of a Deployment', () => {
  it('loads for its start-up time before it is ready', () => {
    const model = deployment();
    model.scaleTo(1, 0);
    expect(phases(model)).toEqual(['pending']);
    model.advance(0);
    expect(phases(model)).toEqual(['loading']);
    model.advance(999);
    expect(phases(model)).toEqual(['loading']);
    model.advance(1_000);
    expect(phases(model)).toEqual(['ready']);
  });

  it('keeps a pod pending that finds no free GPU, and gives it one when another pod is gone', () => {
    const model = deployment();
    model.scaleTo(3, 0);
    model.advance(0);
    expect(phases(model)).toEqual(['loading', 'loading', 'pending']);
    model.scaleTo(2, 10);
    model.scaleTo(3, 20);
    model.advance(20);
    expect(new Set(model.pods.flatMap(({ gpu }) => gpu?.uuid ?? [])).size).toBe(2);
  });

  it('ends idle pods first, and none before its requests are done', () => {
    const model = deployment();
    model.scaleTo(2, 0);
    model.advance(0);
    model.advance(1_000);
    const [busy] = model.pods;
    busy?.finishesMs.push(5_000);
    model.scaleTo(1, 2_000);
    model.advance(2_000);
    expect(model.pods).toEqual([busy]);
    model.scaleTo(0, 3_000);
    model.advance(3_000);
    expect(phases(model)).toEqual(['terminating']);
    busy?.finishesMs.pop();
    model.advance(5_000);
    expect(model.pods).toEqual([]);
  });
});
