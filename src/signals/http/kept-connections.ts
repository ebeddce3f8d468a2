import type { Agent } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * Has an agent keep no more than `most` connections for the next request; whoever answers beyond that is connected to
 * anew each time. Thousands of pods that are read now and then would hold some 20 kB each, and Node's agent looks through
 * all hosts whenever one kept connection has idled for too long.
 */
export function keepAtMost(agent: Agent, most: number): void {
  const kept = new Set<Duplex>();
  const keep = agent.keepSocketAlive.bind(agent) as (socket: Duplex) => boolean;
  agent.keepSocketAlive = (socket: Duplex): boolean => {
    if (kept.has(socket)) return keep(socket);
    if (kept.size >= most) return false;
    kept.add(socket);
    socket.once('close', () => kept.delete(socket));
    return keep(socket);
  };
}
