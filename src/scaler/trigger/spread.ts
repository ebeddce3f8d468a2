const goldenRatio = 0.618_033_988_749_895;

/**
 * A share from 0 up to 1 for the nth of many, each as far from the others as can be, so that what they do in turns does
 * not fall on one instant.
 */
export function spread(n: number): number {
  return (n * goldenRatio) % 1;
}
