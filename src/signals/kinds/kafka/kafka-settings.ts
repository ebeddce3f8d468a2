import { z } from 'zod';
import { checkTls, goTogether, hostAndPort, namespaces, text, tlsShape } from '../../connections/settings-parts.ts';

/** A Kafka cluster, by some of its brokers. */
export const kafkaSettings = z
  .strictObject({
    type: z.literal('kafka'),
    brokers: z.array(hostAndPort, 'must be a list such as [kafka.jobs:9092]').min(1, 'must name a broker'),
    /** Encrypted; the files of TLS imply it. */
    tls: z.boolean('must be true or false').default(false),
    ...tlsShape,
    username: text.optional(),
    passwordFile: text.optional(),
    mechanism: z
      .enum(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'], 'must be PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512')
      .optional(),
    namespaces,
  })
  .superRefine(goTogether('username', 'passwordFile'))
  .superRefine(goTogether('mechanism', 'username'))
  .superRefine(checkTls)
  .refine((given) => given.mechanism !== 'PLAIN' || usesTls(given), {
    path: ['mechanism'],
    message: 'PLAIN would send the password in plain text; write tls: true, or another mechanism',
  });

/** Whether brokers are asked over TLS. */
export function usesTls({
  tls,
  caFile,
  certFile,
}: {
  tls: boolean;
  caFile?: string | undefined;
  certFile?: string | undefined;
}): boolean {
  return tls || caFile !== undefined || certFile !== undefined;
}
