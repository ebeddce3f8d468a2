import { z } from 'zod';
import { checkTls, goTogether, namespaces, text, tlsShape, urlOf } from '../../connections/settings-parts.ts';

/** A NATS server with JetStream. */
export const natsSettings = z
  .strictObject({
    type: z.literal('nats'),
    /** `nats://host:4222`, `tls://` where it must be encrypted. */
    url: urlOf(['nats:', 'tls:'], 'nats://nats.jobs:4222'),
    username: text.optional(),
    passwordFile: text.optional(),
    tokenFile: text.optional(),
    /** A `.creds` file: a user's JWT and its seed. */
    credsFile: text.optional(),
    /** JetStream's domain, where the server is a leaf of another one. */
    domain: text.optional(),
    ...tlsShape,
    namespaces,
  })
  .superRefine(goTogether('username', 'passwordFile'))
  .superRefine((given, context) => {
    const ways = (['username', 'tokenFile', 'credsFile'] as const).filter((name) => given[name] !== undefined);
    if (ways.length < 2) return;
    context.addIssue({ code: 'custom', path: [ways[1] ?? ''], message: `can't stand beside ${ways[0] ?? ''}; write one of the two` }); // prettier-ignore
  })
  .superRefine(checkTls);
