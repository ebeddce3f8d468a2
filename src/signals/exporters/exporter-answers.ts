import type { Clock, EpochMs } from '../../domain/clock.ts';
import { errorText } from '../../domain/error-text.ts';
import type { Sample } from '../exposition/exposition.ts';
import { ExpositionReader } from '../exposition/exposition-reader.ts';
import { WantedNames } from '../exposition/wanted-names.ts';
import type { HttpTextClient } from '../http/http-text.ts';
import { mapAtMost } from '../parallel.ts';
import type { ExporterDialect } from './dialect.ts';
import type { FindAccess } from './exporter-access.ts';
import type { PodGpus } from './pod-gpus.ts';

/** Exporters that are asked at the same time. */
const exportersAtOnce = 64;

export interface AskOptions {
  readonly http: HttpTextClient;
  readonly clock: Clock;
  /** Who has not answered by then counts as failed. */
  readonly timeoutMs: number;
  readonly dialect: ExporterDialect;
  readonly access?: FindAccess;
}

/** What some exporters said at one time. */
export interface ExporterAnswers {
  readonly observedAtMs: EpochMs;
  readonly gpus: PodGpus;
  /** How many exporters answered, of how many that were asked. */
  readonly answered: number;
  readonly asked: number;
  /** Why the others did not, in words. */
  readonly failures: readonly string[];
}

/**
 * Asks exporters, all within one timeout. Never rejects.
 * @param find tells where they are, and which can't be found
 */
export async function askExporters(
  find: () => Promise<{ urls: readonly URL[]; failures: readonly string[] }>,
  options: AskOptions,
): Promise<ExporterAnswers> {
  const { clock, timeoutMs, dialect } = options;
  const observedAtMs = clock.nowMs();
  const timeout = new AbortController();
  const cancel = clock.after(timeoutMs, () => timeout.abort());
  const { urls, failures } = await find();
  const answers = await mapAtMost(exportersAtOnce, urls, (url) => askOne(url, timeout.signal, options));
  cancel();
  const failed = answers.flatMap((answer) => answer.failure ?? []);
  return {
    observedAtMs,
    gpus: dialect.gather(answers.flatMap(({ samples }) => samples)),
    asked: answers.length + failures.length,
    answered: answers.length - failed.length,
    failures: [...failures, ...failed],
  };
}

async function askOne(
  url: URL,
  deadline: AbortSignal,
  { http, dialect, access }: AskOptions,
): Promise<{ samples: readonly Sample[]; failure?: string }> {
  try {
    const open = (type?: string): ExpositionReader => new ExpositionReader(new WantedNames(dialect.metrics), type);
    const { samples, flaw, unreadable } = await http.read({ url, deadline, ...(await access?.()) }, open);
    if (flaw !== undefined) throw new Error(`${url.host}: its answer ${flaw}`);
    for (const name of unreadable) throw new Error(`${url.host}: ${name} can't be read`);
    return { samples };
  } catch (error) {
    return { samples: [], failure: errorText(error) };
  }
}
