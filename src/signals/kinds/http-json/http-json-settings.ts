import { z } from 'zod';
import { checkHttp, httpShape, namespaces } from '../../connections/settings-parts.ts';

/** Anything that answers JSON over HTTP. */
export const httpJsonSettings = z
  .strictObject({ type: z.literal('http-json'), ...httpShape, namespaces })
  .superRefine(checkHttp);
