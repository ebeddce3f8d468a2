import type { ToolExit } from '../tool.ts';

/** Exit codes, from nvidia-smi's manual under RETURN VALUE; 18 is not listed there and was seen with mismatched drivers. */
const meanings: Readonly<Record<number, string>> = {
  2: 'an argument is not valid for this version',
  3: 'not available on this device',
  4: 'no permission for this device or operation',
  6: 'no device found',
  8: 'external power cables are not attached',
  9: 'the NVIDIA driver is not loaded',
  10: 'an interrupt problem of a GPU',
  12: 'the NVML library was not found',
  13: 'the NVML library lacks a function',
  14: 'the infoROM is corrupted',
  15: 'a GPU has fallen off the bus or is lost',
  18: 'driver and library versions do not match',
  255: 'an unknown error inside the driver',
};

/**
 * Says in one line why nvidia-smi ended.
 * @param said the last words of its stdout or stderr; it uses either for its errors
 */
export function explainExit(exit: ToolExit, path: string, said: string): string {
  if (exit.error) return explainStart(exit.error, path);
  const words = said.trim().replace(/\s+/g, ' ').slice(0, 300);
  const what = words === '' ? '' : `: ${words}`;
  if (exit.signal !== null) return `nvidia-smi was ended by ${exit.signal}${what}`;
  const meaning = meanings[exit.code ?? -1];
  return `nvidia-smi ended with code ${exit.code ?? 'none'}${meaning === undefined ? '' : ` (${meaning})`}${what}`;
}

function explainStart(error: NodeJS.ErrnoException, path: string): string {
  if (error.code === 'ENOENT') return `no nvidia-smi at "${path.slice(0, 80)}"; see --nvidia-smi-path`;
  if (error.code === 'EACCES') return `"${path.slice(0, 80)}" may not be executed; see --nvidia-smi-path`;
  return `nvidia-smi could not be started: ${error.message}`;
}

/**
 * Whether it was the container's lack of rights that ended nvidia-smi: the words of NVML's codes 999 and 17 where it begins, as
 * after a systemd daemon-reload on nodes whose container runtime does not tell systemd of the devices.
 */
export function isAccessDenied(reason: string): boolean {
  return /Failed to initialize NVML: (?:Unknown Error|.*operating system.*blocked)/i.test(reason);
}
