import { z } from 'zod';
import { checkTls, goTogether, namespaces, text, tlsShape, urlOf } from '../../connections/settings-parts.ts';

/** The queues of one account in one region of Amazon SQS, or of what speaks its API. */
export const sqsSettings = z
  .strictObject({
    type: z.literal('sqs'),
    region: z.string('must be a region such as eu-central-1').regex(/^[a-z0-9-]{1,40}$/, 'must be a region such as eu-central-1'), // prettier-ignore
    /** In the place of Amazon's. */
    url: urlOf(['http:', 'https:'], 'https://sqs.eu-central-1.amazonaws.com').optional(),
    /** The account that owns the queues, where it is another. */
    accountId: z
      .string('must be a text of 12 digits')
      .regex(/^\d{12}$/, 'must be a text of 12 digits')
      .optional(),
    accessKeyIdFile: text.optional(),
    secretAccessKeyFile: text.optional(),
    sessionTokenFile: text.optional(),
    ...tlsShape,
    namespaces,
  })
  .superRefine(goTogether('accessKeyIdFile', 'secretAccessKeyFile'))
  .superRefine(checkTls);
