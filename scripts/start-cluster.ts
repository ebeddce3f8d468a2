import { startLocalCluster } from './cluster/local-cluster.ts';

/** Starts a cluster with KEDA on this machine and keeps it until it is interrupted: `npm run cluster`. */
const interrupted = new AbortController();
const end = new Promise((resolve) => interrupted.signal.addEventListener('abort', resolve));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());

console.log('Starting etcd, the API server, its controllers, and KEDA; this takes a minute.');
const cluster = await startLocalCluster(interrupted.signal);
console.log(`export KUBECONFIG=${cluster.kubeconfig}`);
console.log('Ctrl-C ends it.');
await end;
await cluster.stop();
