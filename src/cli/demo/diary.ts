import type { ScaledObjectRef } from '../../domain/workload.ts';
import type { KedaEvent } from '../../simulator/keda.ts';
import { firstShownMs, showTime } from './business-day.ts';
import type { DemoCluster } from './cluster.ts';
import type { DayRecord, Moment } from './expectations.ts';

/** The rule that decided last, as the scaler tells it. */
interface Reason {
  readonly rule: string;
  readonly why: string;
}

/** Keeps what happened on the day: a moment at a time, and a line for each change of replicas or of the deciding rule. */
export class Diary {
  readonly moments: Moment[] = [];
  readonly events: string[] = [];
  readonly #onEvent: (line: string) => void;
  #reason: Reason = { rule: '-', why: 'not asked yet' };

  constructor(onEvent: (line: string) => void) {
    this.#onEvent = onEvent;
  }

  /** The scaler's reason as of now; a line where another rule has come to decide. */
  decided(reason: Reason, atMs: number): void {
    if (reason.rule !== this.#reason.rule) this.#write(atMs, `decided by ${reason.rule.padEnd(7)} ${reason.why}`);
    this.#reason = reason;
  }

  scaled(event: KedaEvent & { kind: 'scaled' }, atMs: number): void {
    this.#write(atMs, `replicas ${event.from} → ${event.to}   by ${event.by}: ${event.why}`);
  }

  note(cluster: DemoCluster, atMs: number): Moment {
    const { deployment, requests } = cluster;
    const ready = deployment.count('ready');
    const moment = { atMs, replicas: deployment.replicas, ready, queue: requests.waiting, ...this.#reason };
    if (atMs >= firstShownMs) this.moments.push(moment);
    return moment;
  }

  day({ requests }: DemoCluster): DayRecord {
    return { moments: this.moments, arrived: requests.arrived, served: requests.served };
  }

  #write(atMs: number, text: string): void {
    const line = `${showTime(atMs)}  ${text}`;
    this.events.push(line);
    this.#onEvent(line);
  }
}

/** Asks the scaler why; undefined while it can't tell. */
export async function askReason(scalerUrl: string, ref: ScaledObjectRef): Promise<Reason | undefined> {
  try {
    const response = await fetch(`${scalerUrl}/api/decisions/${ref.namespace}/${ref.name}`);
    return readReason(await response.json());
  } catch {
    return undefined;
  }
}

/** An undecided trigger has a reason and no rule. */
function readReason(report: unknown): Reason | undefined {
  const [decision = {}] = (report as { triggers?: unknown[] }).triggers ?? [];
  const { rule, why, reason } = decision as { rule?: string; why?: string; reason?: string };
  if (rule !== undefined && why !== undefined) return { rule, why };
  return reason === undefined ? undefined : { rule: 'none', why: reason };
}
