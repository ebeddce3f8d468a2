import { isIPv6 } from 'node:net';
import type { Clock, EpochMs } from '../../domain/clock.ts';
import { errorText } from '../../domain/error-text.ts';
import type { Pod } from '../../domain/workload.ts';
import type { Exposition } from '../exposition/exposition.ts';
import type { ExpositionReader } from '../exposition/exposition-reader.ts';
import { mapAtMost } from '../parallel.ts';
import { listReasons } from '../reasons.ts';
import type { Scraper } from '../scrape/scraper.ts';

/** Pods of one workload that are asked at the same time. */
const podsAtOnce = 64;

/** What a pod showed. */
export interface Heard {
  readonly pod: string;
  readonly host: string;
  readonly exposition: Exposition;
  readonly atMs: EpochMs;
}
export type PodAnswer = Heard | { readonly reason: string };

interface Question {
  readonly port: number;
  readonly path: string;
  /** Names of the metrics that `open` reads. */
  readonly names: readonly string[];
  readonly open: (contentType?: string) => ExpositionReader;
  readonly scraper: Scraper;
  /** Dates the readings of counters. */
  readonly clock: Clock;
  readonly deadline: AbortSignal;
}

/** Asks pods for their metrics, one GET for each. Rejects where none of them answered. */
export async function askPods(pods: readonly Pod[], question: Question): Promise<PodAnswer[]> {
  const answers = await mapAtMost(podsAtOnce, pods, (pod) => askPod(pod, question));
  const reasons = answers.flatMap((answer) => ('reason' in answer ? [answer.reason] : []));
  if (pods.length === 0 || reasons.length < answers.length) return answers;
  const who = answers.length === 1 ? '' : `none of ${answers.length} pods answered: `;
  throw new Error(`${who}${listReasons(reasons)}`);
}

async function askPod(pod: Pod, { port, path, names, open, scraper, clock, deadline }: Question): Promise<PodAnswer> {
  if (pod.address === undefined) return { reason: `pod ${pod.name} has no address` };
  const host = hostOf(pod.address, port);
  try {
    const { text, contentType } = await scraper.read({ host, path, names }, deadline);
    const atMs = clock.nowMs();
    const reader = open(contentType);
    reader.writeText(text);
    return { pod: pod.name, host, exposition: reader.end(), atMs };
  } catch (error) {
    return { reason: errorText(error) };
  }
}

/** `ip` or `ip:port`, with or without brackets around an IPv6 address, as `host:port`. */
function hostOf(address: string, port: number): string {
  if (isIPv6(address)) return `[${address}]:${port}`;
  return /:\d+$/.test(address) ? address : `${address}:${port}`;
}
