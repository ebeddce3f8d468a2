import { endMs, firstShownMs, showTime } from './business-day.ts';
import type { Moment } from './expectations.ts';

const chartWidth = 72;
const shownEvents = 10;
const levels = ' ▁▂▃▄▅▆▇█';

/** What the live view shows beside the day so far. */
interface Scene {
  readonly now: Moment;
  readonly loading: number;
  readonly running: number;
  /** Mean over the GPUs that pods hold; undefined where none is held. */
  readonly gpuUtilization: number | undefined;
  readonly speed: number;
  readonly events: readonly string[];
  /** Width of the terminal, 0 where it is not known; longer lines are cut, so that the screen stands still. */
  readonly columns: number;
}

/** One screen: the progress of the day, replicas, queue and GPUs, the rule that decided, and what happened last. */
export function drawScene(scene: Scene, moments: readonly Moment[]): string {
  const { now } = scene;
  const gpu = scene.gpuUtilization === undefined ? 'no GPU held' : `${Math.round(100 * scene.gpuUtilization)} %`;
  return [
    `pilotlight demo   ${showTime(now.atMs)} Europe/Berlin   ×${scene.speed}   Ctrl-C ends it`,
    '',
    `  day       ${progressBar(now.atMs)}`,
    `  replicas  ${sparkline(moments, (moment) => moment.replicas)}  ${now.replicas} (${now.ready} ready, ${scene.loading} loading)`,
    `  queue     ${sparkline(moments, (moment) => moment.queue)}  ${now.queue} waiting, ${scene.running} running`,
    `  GPUs      ${gpu}`,
    `  decided   ${now.rule}: ${now.why}`,
    '',
    ...scene.events.slice(-shownEvents).map((event) => `  ${event}`),
    '',
  ]
    .map((line) => cutLine(line, scene.columns))
    .join('\n');
}

function cutLine(line: string, columns: number): string {
  return columns > 0 && line.length > columns ? `${line.slice(0, columns - 1)}…` : line;
}

function progressBar(nowMs: number): string {
  const share = Math.min(1, Math.max(0, (nowMs - firstShownMs) / (endMs - firstShownMs)));
  const done = Math.round(share * chartWidth);
  return `${'━'.repeat(done)}${'─'.repeat(chartWidth - done)}`;
}

/** The day from its first shown moment to its end; what is still to come is blank. */
function sparkline(moments: readonly Moment[], value: (moment: Moment) => number): string {
  const columns = new Array<number>(chartWidth).fill(-1);
  for (const moment of moments) {
    const column = Math.floor(((moment.atMs - firstShownMs) / (endMs - firstShownMs)) * chartWidth);
    if (column >= 0 && column < chartWidth) columns[column] = Math.max(columns[column] ?? -1, value(moment));
  }
  const top = Math.max(1, ...columns);
  return columns.map((height) => (height < 0 ? ' ' : levelOf(height / top))).join('');
}

function levelOf(share: number): string {
  return levels[share === 0 ? 1 : Math.max(2, Math.round(share * (levels.length - 1)))] ?? ' ';
}
