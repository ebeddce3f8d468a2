import { z } from 'zod';
import type { RedisConnection } from '../../connections/connections.ts';
import type { Secrets } from '../../connections/secrets.ts';
import { readTlsFiles } from '../../connections/tls-files.ts';
import { cut } from '../../reasons.ts';
import { explainRedisError } from './redis-error.ts';
import { connectNode } from './redis-node.ts';

const sentinelPort = 26_379;
const address = z.tuple([z.string().min(1), z.string().regex(/^\d{1,5}$/)]);

/** Asks the sentinels of a connection where the master is. Rejects where they can't be asked or don't know it. */
export async function findMaster(
  connection: RedisConnection,
  secrets: Secrets,
  ending: AbortController,
): Promise<{ host: string; port: number }> {
  const { url, sentinel } = connection;
  const master = sentinel?.master ?? '';
  const asking = new AbortController();
  const giveUp = (): void => asking.abort();
  ending.signal.addEventListener('abort', giveUp, { once: true });
  try {
    const sentinels = await connectNode(await locateSentinel(connection, secrets), asking);
    const found = address.safeParse(
      await sentinels.ask((redis) => redis.call('SENTINEL', 'get-master-addr-by-name', master)),
    );
    if (!found.success) throw new Error(`the sentinels at ${url.host} know no master "${cut(master)}"`);
    return { host: found.data[0], port: Number(found.data[1]) };
  } catch (error) {
    throw explainRedisError(url.host, error);
  } finally {
    ending.signal.removeEventListener('abort', giveUp);
    asking.abort();
  }
}

async function locateSentinel({ url, sentinel, ...connection }: RedisConnection, secrets: Secrets) {
  const { username, passwordFile } = sentinel ?? {};
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? sentinelPort : Number(url.port),
    db: 0,
    ...(username === undefined ? {} : { username }),
    ...(passwordFile === undefined ? {} : { password: await secrets.line('sentinel.passwordFile', passwordFile) }),
    ...(url.protocol === 'rediss:' ? { tls: await readTlsFiles(connection, secrets) } : {}),
  };
}
