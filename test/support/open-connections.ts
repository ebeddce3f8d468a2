import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../src/domain/clock.ts';
import type { ConnectionOrigin } from '../../src/domain/policy.ts';
import type { SignalName } from '../../src/domain/signal.ts';
import { systemClock } from '../../src/program/system-clock.ts';
import type { Connection } from '../../src/signals/connections/connections.ts';
import type { OpenConnection } from '../../src/signals/connections/open-connection.ts';
import { Secrets } from '../../src/signals/connections/secrets.ts';
import { createHttpTextClient } from '../../src/signals/http/http-text.ts';
import { openConnection } from '../../src/signals/kinds/kinds.ts';
import type { Measurement } from '../../src/signals/source.ts';
import { workload } from './builders.ts';

/** Opens a connection as the scaler does; whoever opened it closes it. */
export function openAlone(connection: Connection, clock: Clock = systemClock): OpenConnection {
  const http = createHttpTextClient();
  const open = openConnection(connection, { http, clock, secrets: new Secrets() });
  const close = (): void => {
    open.close();
    http.close();
  };
  return { ...open, close };
}

/** Opens a connection that is closed with the test. */
export function openForTest(connection: Connection, clock?: Clock): OpenConnection {
  const open = openAlone(connection, clock);
  onTestFinished(() => open.close());
  return open;
}

/** Reads what a trigger asks of a connection, once. */
export async function readFrom(
  open: OpenConnection,
  asked: Omit<ConnectionOrigin, 'kind' | 'connection'>,
  signals: readonly SignalName[] = ['queue', 'running'],
): Promise<Record<string, Measurement>> {
  const source = open.source({ kind: 'connection', connection: 'jobs', ...asked }, signals);
  return Object.fromEntries(await source.read(workload(), AbortSignal.timeout(5_000)));
}

/** A file that holds a secret, in a folder of its own. */
export function secretFile(secret: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'pilotlight-')), 'secret');
  writeFileSync(file, `${secret}\n`);
  return file;
}
