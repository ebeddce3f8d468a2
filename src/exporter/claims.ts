import { UsageError } from '../program/options.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Exposition } from './exposition.ts';
import type { ExporterOptions } from './options.ts';
import { OutageLog } from './outage-log.ts';

/** Throws UsageError where what is to be asked for ResourceSlices is no API server. */
export function checkApiServer({ resourceSlices: url }: ExporterOptions): void {
  if (url === '' || /^https?:$/.test(URL.parse(url)?.protocol ?? '')) return;
  throw new UsageError(`--resource-slices: "${url.slice(0, 80)}" is no URL such as https://kubernetes.default.svc`);
}

/** Learns the UUIDs of claimed devices, where that is wanted. Only then is loaded what it takes to ask the API server. */
export async function collectClaims(
  { resourceSlices: url, serviceAccountPath, clock }: ExporterOptions,
  nodeName: string,
  exposition: Exposition,
  logger: Logger,
): Promise<{ stop(): Promise<void> }[]> {
  if (url === '') return [];
  const { ClaimPoller } = await import('../gpu/claims/poller.ts');
  const outage = new OutageLog(logger, 'claims');
  const poller = new ClaimPoller({ url, serviceAccountPath, nodeName, clock });
  poller.start((event) => {
    exposition.takeClaims(event);
    if (event.kind === 'failure') outage.failed(event.reason);
    else outage.worked();
  });
  return [poller];
}
