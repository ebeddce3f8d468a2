import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pause } from '../../domain/clock.ts';
import type { Clock } from '../../domain/clock.ts';
import { acceleratedClock, systemClock } from '../../program/system-clock.ts';
import { firstShownMs } from './business-day.ts';
import { DemoCluster } from './cluster.ts';
import { Diary } from './diary.ts';
import { playDay } from './play-day.ts';
import { gpuSlots, startPrograms } from './programs.ts';
import type { DemoPrograms } from './programs.ts';
import { showSummary, summarize } from './summary.ts';
import type { DaySummary } from './summary.ts';

interface DemoStage {
  readonly clock: Clock;
  readonly cluster: DemoCluster;
  readonly programs: DemoPrograms;
  /** Aborted when a program ends by itself, with its last words as the reason. */
  readonly crashed: AbortSignal;
  clear(): Promise<void>;
}

interface DemoSettings {
  readonly once: boolean;
  readonly speed: number;
}

/**
 * The day begins this much of real time after the programs are started, so that they are up by then. All are told the
 * day's clock at their start, so a machine that is too slow for the first of these starts them again with the next.
 */
const startupRealMs = [4_000, 12_000, 36_000];
/** How long a summary stays on the screen before the next day, in real time. */
const summaryRealMs = 10_000;

/**
 * Plays the business day. On a terminal it draws the day as it goes, again and again until Ctrl-C; with `--once`, or where
 * there is no terminal, it plays once, prints what happened, a summary and one JSON line, and answers 1 if the day was
 * not as it should be.
 */
export async function runDemo({ once, speed }: DemoSettings, stop: AbortSignal): Promise<number> {
  const live = process.stdout.isTTY && !once;
  for (;;) {
    const summary = await runDay(speed, live, stop);
    if (stop.aborted) return 0;
    process.stdout.write(`\n${showSummary(summary)}\n`);
    if (!live) {
      process.stdout.write(`${JSON.stringify(summary)}\n`);
      return summary.passed ? 0 : 1;
    }
    await pause(systemClock, summaryRealMs, stop);
  }
}

async function runDay(speed: number, live: boolean, stop: AbortSignal): Promise<DaySummary> {
  for (const marginMs of startupRealMs) {
    const stage = await setStage(speed, marginMs);
    try {
      if (stage.clock.nowMs() > firstShownMs) continue;
      const diary = new Diary((line) => live || process.stdout.write(`${line}\n`));
      await playDay({ ...stage, diary, speed, live, stop: AbortSignal.any([stop, stage.crashed]) });
      stage.crashed.throwIfAborted();
      return summarize(diary.day(stage.cluster), stage.cluster.requests.longestWaitMs);
    } finally {
      await stage.clear();
    }
  }
  throw new Error(`the programs were not up within ${Math.max(...startupRealMs) / 1_000} s`);
}

/** Starts the programs and all that stands in for a cluster, on one clock that reads the day's beginning in `marginMs`. */
async function setStage(speed: number, marginMs: number): Promise<DemoStage> {
  const folder = mkdtempSync(join(tmpdir(), 'pilotlight-demo-'));
  const time = { startMs: firstShownMs, epochMs: systemClock.nowMs() + marginMs, speed };
  const clock = acceleratedClock(time);
  const cluster = new DemoCluster({ clock, folder, gpus: gpuSlots });
  const crash = new AbortController();
  const onCrash = (name: string, lastWords: string): void =>
    crash.abort(new Error(`the ${name} ended by itself:\n${lastWords}`));
  const programs = await startPrograms({ cluster, folder, clock: `${time.startMs},${time.epochMs},${speed}`, onCrash });
  const clear = async (): Promise<void> => {
    await programs.stop();
    await cluster.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { clock, cluster, programs, crashed: crash.signal, clear };
}
