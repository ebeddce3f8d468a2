import type { ConnectionOrigin } from '../../src/domain/policy.ts';
import type { SignalName } from '../../src/domain/signal.ts';
import type { Connection } from '../../src/signals/connections/connections.ts';
import type { SourceUnderTest } from '../conformance/signal-source.ts';
import { workload } from './builders.ts';
import { startHttpStandIn } from './http-stand-in.ts';
import type { Answer, HttpStandIn } from './http-stand-in.ts';
import { openAlone } from './open-connections.ts';

/** A connection over HTTP, and how its server would answer. */
export interface HttpKind {
  readonly connection: (url: URL) => Connection;
  readonly asked: Omit<ConnectionOrigin, 'kind' | 'connection'>;
  readonly signals: readonly SignalName[];
  /** An answer that tells this number for each signal, as written. */
  readonly text: (value: string) => string;
  /** An answer that tells none. */
  readonly emptyText: string;
  /** Answers to other questions than that for the number. */
  readonly other?: (request: HttpStandIn['seen'][number]) => Answer | undefined;
  readonly secrets: readonly string[];
  readonly strideBytes?: number;
}

const head = 'HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n';
const flood = { head, more: Buffer.alloc(65_536, '[1,') };

/** Such a connection, open, with a server that a test can have say anything. */
export async function sourceOverHttp(kind: HttpKind): Promise<SourceUnderTest> {
  const standIn = await startHttpStandIn({ body: kind.emptyText });
  const open = openAlone(kind.connection(new URL(standIn.url)));
  const answer = (body: string): void => {
    standIn.answer = (request) => kind.other?.(request) ?? { body };
  };
  return {
    source: open.source({ kind: 'connection', connection: 'jobs', ...kind.asked }, kind.signals),
    workload: workload(),
    server: standIn.server,
    host: standIn.server.host,
    tell: (value) => answer(value === undefined ? kind.emptyText : kind.text(value)),
    refuse: () => {
      const error = `there is nobody with ${kind.secrets.join(' or ')}`;
      const quoted = { status: 'error', error, message: error, __type: 'com.amazonaws.sqs#AccessDeniedException' };
      standIn.answer = () => ({ status: 403, body: JSON.stringify(quoted) });
    },
    strideBytes: kind.strideBytes ?? 1,
    flood,
    secrets: kind.secrets,
    close: () => open.close(),
  };
}
