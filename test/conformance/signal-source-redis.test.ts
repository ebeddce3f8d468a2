import { workload } from '../support/builders.ts';
import { openAlone, secretFile } from '../support/open-connections.ts';
import { RedisStandIn } from '../support/redis-stand-in.ts';
import { describeSignalSource } from './signal-source.ts';

const secret = 'correct-horse-battery-staple';
/** XINFO GROUPS with one group, whose numbers are whole where Redis has a form for them and texts elsewhere. */
function groupTelling(value: string): string {
  const number = /^-?\d+$/.test(value) ? `:${value}\r\n` : `$${value.length}\r\n${value}\r\n`;
  return `*1\r\n*6\r\n$4\r\nname\r\n$7\r\nworkers\r\n$7\r\npending\r\n${number}$3\r\nlag\r\n${number}`;
}

describeSignalSource('redis', async () => {
  const redis = await RedisStandIn.start();
  redis.password = secret;
  const open = openAlone({ type: 'redis', name: 'jobs', url: new URL(redis.url), passwordFile: secretFile(secret), namespaces: ['*'] }); // prettier-ignore
  const origin = { kind: 'connection', connection: 'jobs', key: 'todo', group: 'workers' } as const;
  return {
    source: open.source(origin, ['queue', 'running']),
    workload: workload(),
    server: redis.server,
    host: redis.server.host,
    tell: (value) => {
      redis.keys.clear();
      redis.instead.clear();
      if (value === undefined) return;
      if (/^\d+$/.test(value))
        redis.keys.set('todo', { stream: [{ name: 'workers', pending: Number(value), lag: Number(value) }] }); // prettier-ignore
      else redis.instead.set('type', '+stream\r\n').set('xinfo', groupTelling(value));
    },
    refuse: () => {
      redis.password = 'another';
      redis.instead.set('auth', `-WRONGPASS there is nobody with ${secret}\r\n`);
    },
    flood: { head: '$536870912\r\n', more: Buffer.alloc(65_536, 'a') },
    secrets: [secret],
    close: () => open.close(),
  };
});
