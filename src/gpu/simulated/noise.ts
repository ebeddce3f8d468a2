/** A number from 0 up to 1 that depends on the seed and the two positions only, and looks random. */
export function noise(seed: number, lane: number, step: number): number {
  // The mixing of mulberry32, over the three numbers folded into one.
  let mixed = (seed ^ Math.imul(lane + 1, 0x9e3779b1) ^ Math.imul(step, 0x85ebca6b) ^ Math.floor(step / 2 ** 32)) >>> 0;
  mixed = (mixed + 0x6d2b79f5) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}

/** Noise that flows: between two whole positions it goes evenly from one number to the next. */
export function flowingNoise(seed: number, lane: number, position: number): number {
  const step = Math.floor(position);
  const from = noise(seed, lane, step);
  return from + (noise(seed, lane, step + 1) - from) * (position - step);
}
