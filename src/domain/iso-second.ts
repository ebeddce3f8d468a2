import type { EpochMs } from './clock.ts';

/** A time to the second, as Kubernetes writes it: `2026-11-27T18:00:00Z`. */
export function isoSecond(atMs: EpochMs): string {
  return new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z');
}
