import { readFile } from 'node:fs/promises';
import type { EpochMs } from '../../domain/clock.ts';
import { UsageError } from '../../program/options.ts';
import { replay } from '../../simulator/replay/replay.ts';
import { describeFileError } from '../manifests/file-error.ts';
import { checkText } from '../validate/validate.ts';
import { DayReport } from './day-report.ts';
import { instantOf, madeUpDemand, parseDemand, rateOf } from './demand.ts';
import type { Day, DemandRow } from './demand.ts';
import type { SimulateOptions } from './options.ts';
import { pickTrigger } from './played-trigger.ts';

/** More requests than this take minutes to play. */
const mostRequests = 5_000_000;

/**
 * Plays one day of a ScaledObject and prints what became of it; answers the exit code, which is 1 where the file has errors.
 * Throws UsageError for what can't be played.
 * @param nowMs says which day today is
 */
export async function runSimulate(
  [file = '', ...more]: readonly string[],
  options: SimulateOptions,
  { print, nowMs }: { print: (line: string) => void; nowMs: EpochMs },
): Promise<number> {
  if (more.length > 0) throw new UsageError(`one file is played at a time; leave out ${more.join(' ')}`);
  const text = await readText(file);
  const { lines, failed } = checkText(text, options.address);
  if (failed) {
    for (const line of lines) print(`${file}:${line}`);
    return 1;
  }
  const played = pickTrigger(text, { ...options, file });
  const timezone = played.policy.calendar?.timezone ?? 'UTC';
  const day = { date: options.date || dateOf(nowMs, timezone), timezone };
  const [startMs, endMs] = [instantOf(day, 0), instantOf(day, 86_400)];
  const rows = await readDemand(options, day);
  checkLength(rows, endMs);
  const settings = { ...played, startMs, endMs, requestsPerMinute: rateOf(rows), slotsPerPod: options.slots, serviceMs: options.service, startupMs: options.startup }; // prettier-ignore
  const report = new DayReport(played, day, options);
  for (const moment of replay(settings)) report.add(moment);
  for (const line of report.lines()) print(line);
  return 0;
}

async function readDemand({ demand, peak }: SimulateOptions, day: Day): Promise<DemandRow[]> {
  return demand === '' ? madeUpDemand(day, peak) : parseDemand(await readText(demand), demand, day);
}

function checkLength(rows: readonly DemandRow[], endMs: EpochMs): void {
  const count = rows.reduce((sum, { atMs, perMinute }, index) => sum + perMinute * Math.max(0, ((rows[index + 1]?.atMs ?? endMs) - atMs) / 60_000), 0); // prettier-ignore
  if (count <= mostRequests) return;
  throw new UsageError(
    `the demand comes to ${Math.round(count)} requests, more than the ${mostRequests} that can be played; divide it, and --slots, by the same number`,
  );
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} ${describeFileError(error as NodeJS.ErrnoException)}`, { cause: error });
  }
}

function dateOf(nowMs: EpochMs, timezone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(timezone).toPlainDate().toString();
}
