import { z } from 'zod';
import type { HttpAccess } from '../../connections/http-access.ts';
import { parseJson } from '../../http/json.ts';
import { cut } from '../../reasons.ts';
import { counted } from '../measurement.ts';
import type { Backlog } from '../measurement.ts';

/** As much of https://www.rabbitmq.com/docs/http-api-reference as tells of a backlog. */
const queueInfo = z.object({ messages_ready: z.unknown().optional(), messages_unacknowledged: z.unknown().optional() });

export interface ManagedQueue {
  readonly vhost: string;
  readonly queue: string;
  readonly deadline: AbortSignal;
}

/** What the management API tells of a queue: what is ready, and what consumers hold. Its figures are up to 5 s old by default. */
export async function readManagedQueue(access: HttpAccess, { vhost, queue, deadline }: ManagedQueue): Promise<Backlog> {
  const path = `/api/queues/${encodeURIComponent(vhost)}/${encodeURIComponent(queue)}`;
  const { status, body } = await access.ask({ path, deadline });
  const name = `queue "${cut(queue)}"`;
  if (status === 404) throw new Error(`${access.host} has no ${name} in the virtual host "${cut(vhost)}"`);
  if (status !== 200) throw new Error(`${access.host} answered ${status}`);
  const told = queueInfo.safeParse(parseJson(body));
  if (!told.success) throw new Error(`${access.host} answered something else than a queue; is this the port of the management plugin?`); // prettier-ignore
  return {
    waiting: counted(told.data.messages_ready, `messages_ready of ${name}`),
    working: counted(told.data.messages_unacknowledged, `messages_unacknowledged of ${name}`),
  };
}
