import type { OutgoingHttpHeaders } from 'node:http';
import type { TlsSettingNames } from '../network/network-error.ts';
import type { TlsMaterial } from '../network/tls-material.ts';

/** What opens exporters that do not let everybody in. */
export interface ExporterAccess {
  readonly headers?: OutgoingHttpHeaders;
  readonly tls?: TlsMaterial;
  /** What the operator calls the settings that it comes from, for reasons. */
  readonly tlsNames?: TlsSettingNames;
}

/** Asked at each reading, so that what was replaced is what is used. Rejects with a reason that names no secret. */
export type FindAccess = () => Promise<ExporterAccess>;
