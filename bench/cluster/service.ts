import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A Service of Kubernetes with a cluster IP: each new connection goes to the next of the pods that are ready. */
export interface Service {
  readonly port: number;
  /** Ports of the pods that new connections may go to from now on. */
  ready: readonly number[];
  close(): void;
}

export async function startService(ready: readonly number[]): Promise<Service> {
  let next = 0;
  const server = createServer({ noDelay: true }, (client) => {
    const pod = connect({ host: '127.0.0.1', port: service.ready[next++ % service.ready.length] ?? 0, noDelay: true });
    client.pipe(pod).pipe(client);
    client.on('error', () => pod.destroy());
    pod.on('error', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const service: Service = { port, ready, close: () => server.close() };
  return service;
}
