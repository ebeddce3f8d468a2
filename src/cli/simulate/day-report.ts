import type { EpochMs } from '../../domain/clock.ts';
import type { Verdict } from '../../domain/decision.ts';
import { formatDuration } from '../../domain/duration.ts';
import { replayStepMs } from '../../simulator/replay/replay.ts';
import type { ReplayMoment } from '../../simulator/replay/replay.ts';
import type { Day } from './demand.ts';
import type { SimulateOptions } from './options.ts';
import type { PlayedTrigger } from './played-trigger.ts';

const hourMs = 3_600_000;
const widestBar = 40;

/** What became of one hour. */
interface Hour {
  readonly label: string;
  requestsPerMinute: number;
  longestQueue: number;
  least: number;
  most: number;
}

/** Tells a day that was played: each change of replicas with its reason, the hours, and what it came to. */
export class DayReport {
  readonly #played: PlayedTrigger;
  readonly #day: Day;
  readonly #options: SimulateOptions;
  readonly #changes: string[] = [];
  readonly #hours: Hour[] = [];
  #hourEndsMs = -Infinity;
  #replicaMs = 0;
  #atZeroMs = 0;
  #most = 0;
  #last: ReplayMoment | undefined;

  constructor(played: PlayedTrigger, day: Day, options: SimulateOptions) {
    this.#played = played;
    this.#day = day;
    this.#options = options;
  }

  add(moment: ReplayMoment): void {
    const isTurn = moment.verdict.state !== this.#last?.verdict.state;
    if (moment.change || isTurn) this.#changes.push(this.#describeChange(moment));
    this.#addToHour(moment);
    this.#replicaMs += moment.replicas * replayStepMs;
    this.#atZeroMs += moment.replicas === 0 ? replayStepMs : 0;
    this.#most = Math.max(this.#most, moment.replicas);
    this.#last = moment;
  }

  lines(): string[] {
    return [...this.#head(), '', ...this.#changes, '', ...this.#hourTable(), '', ...this.#summary()];
  }

  #head(): string[] {
    const { scaledObject, others } = this.#played;
    const { slots, service, startup, demand, peak } = this.#options;
    const { date, timezone } = this.#day;
    const source = demand === '' ? `a made-up working day with up to ${peak} requests a minute` : `demand of ${demand}`;
    const notPlayed =
      others.length === 0
        ? []
        : [`not played: ${others.length} other ${others.length === 1 ? 'trigger' : 'triggers'} (${others.join(', ')})`];
    return [
      `${scaledObject.namespace}/${scaledObject.name} on ${date}, ${timezone}: ${source};`,
      `a pod serves ${slots} requests at once, each takes ${formatDuration(service)}; a pod is ready after ${formatDuration(startup)}`,
      ...notPlayed,
    ];
  }

  #describeChange({ atMs, change, replicas, waiting, running, verdict }: ReplayMoment): string {
    const time = this.#timeOf(atMs);
    const step = change ? `${change.from} → ${change.to}` : String(replicas);
    const load = `${waiting} waiting, ${running} running`;
    return `${time}  ${step.padEnd(9)} ${(change?.by ?? '').padEnd(5)} ${describeVerdict(verdict)} (${load})`;
  }

  #addToHour({ atMs, requestsPerMinute, waiting, replicas }: ReplayMoment): void {
    const hour = this.#hourOf(atMs);
    hour.requestsPerMinute = Math.max(hour.requestsPerMinute, requestsPerMinute);
    hour.longestQueue = Math.max(hour.longestQueue, waiting);
    hour.least = Math.min(hour.least, replicas);
    hour.most = Math.max(hour.most, replicas);
  }

  /** The first begins with the first moment. */
  #hourOf(atMs: EpochMs): Hour {
    const last = this.#hours.at(-1);
    if (last && atMs < this.#hourEndsMs) return last;
    const label = this.#timeOf(atMs).slice(0, 5);
    const hour = { label, requestsPerMinute: 0, longestQueue: 0, least: Infinity, most: 0 };
    this.#hours.push(hour);
    this.#hourEndsMs = atMs + hourMs;
    return hour;
  }

  #hourTable(): string[] {
    const scale = Math.max(1, this.#most / widestBar);
    const rows = this.#hours.map(({ label, requestsPerMinute, longestQueue, least, most }) => {
      const replicas = least === most ? String(most) : `${least}–${most}`;
      const bar = `${'█'.repeat(Math.round(least / scale))}${'░'.repeat(Math.round((most - least) / scale))}`;
      return `${label} ${requestsPerMinute.toFixed(0).padStart(13)} ${String(longestQueue).padStart(14)}  ${replicas.padEnd(9)} ${bar}`; // prettier-ignore
    });
    return ['hour   requests/min  longest queue  replicas', ...rows.map((row) => row.trimEnd())];
  }

  #summary(): string[] {
    const { arrived = 0, served = 0, longestWaitMs = 0 } = this.#last ?? {};
    const hours = (this.#replicaMs / hourMs).toFixed(1);
    const always = this.#most * this.#hours.length;
    return [
      `${served} of ${arrived} requests served; none waited longer than ${formatDuration(longestWaitMs)} before a pod took it`,
      `${hours} replica-hours, ${formatDuration(this.#atZeroMs)} at zero; its ${this.#most} replicas around the clock would be ${always}`,
    ];
  }

  #timeOf(atMs: EpochMs): string {
    const time = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(this.#day.timezone).toPlainTime();
    return time.toString({ smallestUnit: 'second' });
  }
}

function describeVerdict(verdict: Verdict): string {
  return verdict.state === 'decided' ? `${verdict.rule}: ${verdict.why}` : `no answer: ${verdict.reason}`;
}
