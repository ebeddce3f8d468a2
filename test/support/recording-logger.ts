import { pino } from 'pino';
import type { Logger } from '../../src/telemetry/logger.ts';

interface LoggedLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** A real logger whose lines a test can read. */
export function recordingLogger(): { readonly logger: Logger; readonly lines: LoggedLine[] } {
  const lines: LoggedLine[] = [];
  const formatters = { level: (level: string) => ({ level }) };
  const logger = pino(
    { base: null, timestamp: false, formatters },
    { write: (line) => lines.push(JSON.parse(line) as LoggedLine) },
  );
  return { logger, lines };
}
