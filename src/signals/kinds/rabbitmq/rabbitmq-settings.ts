import { z } from 'zod';
import { checkHttp, httpShape, namespaces, text, urlOf } from '../../connections/settings-parts.ts';

/**
 * A RabbitMQ, asked over AMQP, which tells what is ready, or over the HTTP API of its management plugin, which also tells
 * what its consumers hold.
 */
export const rabbitmqSettings = z
  .strictObject({
    type: z.literal('rabbitmq'),
    ...httpShape,
    /** `amqp://host:5672`, `amqps://`, or what stands before `/api` of the management plugin. */
    url: urlOf(['amqp:', 'amqps:', 'http:', 'https:'], 'amqp://rabbitmq.jobs:5672 or http://rabbitmq.jobs:15672'),
    vhost: text.default('/'),
    namespaces,
  })
  .refine(({ url }) => isHttp(url) || url.pathname === '' || url.pathname === '/', {
    path: ['url'],
    message: 'must end in the port; write the virtual host as vhost',
  })
  .refine(({ url, username }) => isHttp(url) || username !== undefined, {
    path: ['username'],
    message: 'and passwordFile are needed for AMQP',
  })
  .superRefine((given, context) => {
    for (const name of ['bearerTokenFile', 'headers'] as const) {
      if (isHttp(given.url) || given[name] === undefined) continue;
      context.addIssue({ code: 'custom', path: [name], message: 'has no effect with AMQP; it is for http:// and https://' }); // prettier-ignore
    }
  })
  .superRefine(checkHttp);

/** Whether the management plugin is asked. */
export function isHttp(url: URL): boolean {
  return url.protocol === 'http:' || url.protocol === 'https:';
}
