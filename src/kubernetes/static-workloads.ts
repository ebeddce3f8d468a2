import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { Clock, EpochMs } from '../domain/clock.ts';
import { errorText } from '../domain/error-text.ts';
import { refKey } from '../domain/workload.ts';
import type { ScaledObjectRef, Workload, WorkloadReading } from '../domain/workload.ts';
import type { Logger } from '../telemetry/logger.ts';
import { FollowedFile } from './followed-file.ts';
import { InvalidWorkloadFile, readWorkloadFile } from './workload-file.ts';
import type { WorkloadSource } from './workload-source.ts';

interface StaticSetting {
  readonly clock: Clock;
  readonly logger: Logger;
}

const shownNames = 5;

/**
 * Workloads that a file describes, for use outside a cluster. The file is YAML, or JSON where its name ends in `.json`:
 *
 *     workloads:
 *       - namespace: inference
 *         name: llama                    # of the ScaledObject
 *         target: Deployment/llama       # for people
 *         replicas: 2
 *         minReplicas: 0                 # optional, as are maxReplicas,
 *         rolloutSince: 2026-11-23T09:00:00Z
 *         startup: 3m40s                 # how long its pods take to be ready
 *         override: min=4 until=2026-11-27T18:00Z reason=load test
 *         hpa: { minReplicas: 1, maxReplicas: 8, currentReplicas: 2, scaleUpTolerance: 0, scaleDownTolerance: 0.1 }
 *         pods:
 *           - name: llama-0
 *             phase: ready               # or loading, pending, terminating
 *             node: node-a               # optional, as are those that follow
 *             address: 10.0.0.7:8000     # port optional
 *             createdAt: 2026-11-23T08:00:00Z
 *             notReadySince: 2026-11-23T11:00:00Z
 *             readySince: 2026-11-23T08:03:40Z
 *             revision: 5d9c7b
 *
 * It is read again when it changes. While it can't be read or understood, as when it is half written, the last good
 * content stands, and one log line says why. `podSelector` has no meaning here: the file lists the pods.
 * Throws InvalidWorkloadFile when the file can't be used at the start.
 */
export function staticWorkloads(path: string, setting: StaticSetting): WorkloadSource {
  return new StaticWorkloads(path, setting);
}

class StaticWorkloads implements WorkloadSource {
  readonly #path: string;
  readonly #setting: StaticSetting;
  readonly #watched = new Set<string>();
  readonly #listeners = new Set<(ref: ScaledObjectRef) => void>();
  readonly #file: FollowedFile;
  #workloads: ReadonlyMap<string, Workload>;
  #observedAtMs: EpochMs;
  #failure: string | undefined;

  constructor(path: string, setting: StaticSetting) {
    this.#path = path;
    this.#setting = setting;
    this.#workloads = byKey(readWorkloadFile(path, readAtStart(path)));
    this.#observedAtMs = setting.clock.nowMs();
    this.#file = new FollowedFile(path, setting.clock, {
      onText: (text) => this.#replace(byKey(readWorkloadFile(path, text))),
      onUnchanged: () => this.#confirm(),
      onFailure: (reason) => this.#fail(reason),
    });
  }

  watch(ref: ScaledObjectRef): void {
    this.#watched.add(refKey(ref));
  }

  forget(ref: ScaledObjectRef): void {
    this.#watched.delete(refKey(ref));
  }

  lookup(ref: ScaledObjectRef): WorkloadReading {
    const key = refKey(ref);
    if (!this.#watched.has(key)) return { state: 'unknown', reason: `nobody watches ScaledObject ${key.slice(0, 80)}` };
    const workload = this.#workloads.get(key);
    if (workload) return { state: 'known', workload, observedAtMs: this.#observedAtMs };
    return { state: 'unknown', reason: `${this.#path} has no workload ${key.slice(0, 80)}; ${this.#contents()}` };
  }

  onChange(listener: (ref: ScaledObjectRef) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): Promise<void> {
    this.#file.close();
    this.#listeners.clear();
    return Promise.resolve();
  }

  #contents(): string {
    const names = [...this.#workloads.keys()];
    if (names.length === 0) return 'it has none';
    const more = names.length > shownNames ? ` and ${names.length - shownNames} more` : '';
    return `it has ${names.slice(0, shownNames).join(', ')}${more}`;
  }

  #replace(workloads: ReadonlyMap<string, Workload>): void {
    const before = this.#workloads;
    this.#workloads = workloads;
    this.#confirm();
    for (const key of this.#watched) {
      const ref = (workloads.get(key) ?? before.get(key))?.ref;
      if (!ref || isDeepStrictEqual(workloads.get(key), before.get(key))) continue;
      for (const listener of this.#listeners) listener(ref);
    }
  }

  #confirm(): void {
    this.#observedAtMs = this.#setting.clock.nowMs();
    this.#failure = undefined;
  }

  #fail(reason: string): void {
    if (this.#failure === reason) return;
    this.#failure = reason;
    this.#setting.logger.warn(
      { path: this.#path, reason },
      'workload file can not be used; its last good content stands',
    );
  }
}

function readAtStart(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new InvalidWorkloadFile(`${path}: ${errorText(error)}`, {
      cause: error,
    });
  }
}

function byKey(workloads: readonly Workload[]): ReadonlyMap<string, Workload> {
  return new Map(workloads.map((workload) => [refKey(workload.ref), workload]));
}
