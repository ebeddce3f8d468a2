import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

const watchers = new AsyncLocalStorage<(socket: Socket) => void>();
subscribe('net.client.socket', (message) => {
  const watch = watchers.getStore();
  if (watch) watch((message as { readonly socket: Socket }).socket);
});

/**
 * Does `work`, and shows `watch` each TCP socket that it makes, before that connects: for clients that hand out theirs only
 * once a server has answered, or never.
 */
export function watchSockets<T>(watch: (socket: Socket) => void, work: () => T): T {
  return watchers.run(watch, work);
}
