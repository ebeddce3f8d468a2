/** `nvmlReturn_t`, as far as it makes a difference here. */
export const returnCodes = {
  success: 0,
  uninitialized: 1,
  notFound: 6,
  insufficientSize: 7,
  driverNotLoaded: 9,
  functionNotFound: 13,
  gpuIsLost: 15,
  resetRequired: 16,
  blocked: 17,
  versionMismatch: 18,
  unknown: 999,
} as const;

const meanings: Readonly<Record<number, string>> = {
  1: 'the library is not initialized any more',
  2: 'an argument is not valid for this driver',
  3: 'not supported by this GPU',
  4: 'no permission',
  6: 'not found',
  7: 'the answer is larger than announced',
  8: 'external power cables are not attached',
  9: 'the NVIDIA driver is not loaded',
  10: 'the driver did not answer in time',
  11: 'an interrupt problem of a GPU',
  12: 'the NVML library was not found',
  13: 'the library lacks the function',
  14: 'the infoROM is corrupted',
  15: 'the GPU has fallen off the bus or is lost',
  16: 'the GPU needs a reset',
  17: 'the operating system or its cgroups keep the GPU from this container; a new container mends that',
  18: 'driver and library versions do not match, as after an upgrade under a running container',
  19: 'the GPU is in use',
  20: 'the library ran out of memory',
  21: 'the driver has no data',
  25: 'the driver does not know this version of the structure',
  999: 'an unknown error inside the driver; a container that lost access to its GPUs needs a new one',
};

/** What a return code other than success means, in words. */
export function explainCode(code: number): string {
  return `${meanings[code] ?? 'an error without a name'} (code ${code})`;
}

/** Whether a failure is that the driver is there and keeps this container from its GPUs, as it is when NVML can't begin. */
export function isAccessDenied(call: string, code: number): boolean {
  return call === 'init' && (code === returnCodes.blocked || code === returnCodes.unknown);
}
