import { z } from 'zod';
import { checkHttp, httpShape, namespaces } from '../../connections/settings-parts.ts';

/** The endpoint picker of the Gateway API inference extension, llm-d's among them. `url` is what stands before `/metrics`. */
export const endpointPickerSettings = z
  .strictObject({ type: z.literal('endpoint-picker'), ...httpShape, namespaces })
  .superRefine(checkHttp);
