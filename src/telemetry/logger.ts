import { pino } from 'pino';
import type { Logger as PinoLogger } from 'pino';

export type Logger = PinoLogger;

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Fields that are blanked wherever they turn up in a log line. */
const secrets = [
  'password',
  'token',
  'authorization',
  'headers.authorization',
  '*.password',
  '*.token',
  '*.authorization',
];

/** JSON lines on stdout, one program name on each. A message is static text; what varies goes into fields. */
export function createLogger(program: string, level: LogLevel): Logger {
  return pino({
    name: program,
    level,
    base: { name: program },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: secrets, censor: '[secret]' },
  });
}
