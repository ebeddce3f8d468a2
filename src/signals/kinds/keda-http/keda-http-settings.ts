import { z } from 'zod';
import { checkHttp, httpShape, namespaces } from '../../connections/settings-parts.ts';

/**
 * The interceptors of KEDA's HTTP add-on, by their admin endpoint. Each counts its own requests, so the host should be that
 * of a headless Service, which stands for all of them.
 */
export const kedaHttpSettings = z
  .strictObject({ type: z.literal('keda-http'), ...httpShape, namespaces })
  .superRefine(checkHttp);
