import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { patience } from './support/cluster.ts';
import { isOurOwn } from './support/own-cluster.ts';
import { Scene } from './support/scene.ts';
import type { Pod } from './support/scene.ts';

const cost = 'controller.kubernetes.io/pod-deletion-cost';
/** Requests that each pod serves, by its address. */
const running = new Map<string, number>();
/** Every pod of our own cluster has an address of this machine, so one server is the engine in all of them. */
const engines = createServer((request, response) => {
  const served = running.get(request.socket.localAddress ?? '') ?? 0;
  response.setHeader('content-type', 'text/plain; version=0.0.4');
  response.end(`vllm:num_requests_running{model_name="m"} ${served}\nvllm:num_requests_waiting{model_name="m"} 0\n`);
});
let scene: Scene;

// Where pods are real ones, their engines would have to be as well.
describe.runIf(isOurOwn)('a scale-in of a Deployment by the real ReplicaSet controller', () => {
  beforeAll(async () => {
    await new Promise<void>((resolve) => engines.listen(0, '0.0.0.0', resolve));
    scene = await Scene.open(['--pod-deletion-cost']);
  });
  afterAll(async () => {
    engines.close();
    engines.closeAllConnections();
    await scene.close();
  });

  it('removes the idlest pods, though they are the oldest, and leaves no costs behind', async () => {
    const behavior = { scaleDown: { stabilizationWindowSeconds: 15 } };
    await scene.add('llama', {
      metadata: { engine: 'vllm', enginePort: String((engines.address() as AddressInfo).port), runningTarget: '8' },
      spec: { advanced: { horizontalPodAutoscalerConfig: { behavior } } },
    });
    scene.backlog.waiting = 1;
    await scene.untilReady('llama', 1);
    scene.backlog.waiting = 8;
    await scene.untilReady('llama', 4);
    const [oldest, second, ...others] = await scene.pods();
    serve(oldest, 0);
    serve(second, 4);
    for (const pod of others) serve(pod, 6);

    scene.backlog.waiting = 0;
    await expect.poll(costs, patience).toMatchObject({ [nameOf(oldest)]: '-2', [nameOf(second)]: '-1' });
    await scene.untilReady('llama', 2);

    const left = (await scene.pods()).map(nameOf).sort();
    expect(left).toEqual(others.map(nameOf).sort());
    await expect.poll(costs, patience).toEqual({});
  });
});

function serve(pod: Pod | undefined, requests: number): void {
  running.set(pod?.status.podIP ?? '', requests);
}

function nameOf(pod: Pod | undefined): string {
  return pod?.metadata.name ?? '';
}

/** The deletion costs that stand, by pod. */
async function costs(): Promise<Record<string, string>> {
  const pods = await scene.pods();
  return Object.fromEntries(
    pods.flatMap(({ metadata: { name, annotations } }) => {
      const standing = annotations?.[cost];
      return standing === undefined ? [] : [[name, standing]];
    }),
  );
}
