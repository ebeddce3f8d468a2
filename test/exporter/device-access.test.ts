import { expect, it } from 'vitest';
import { DeviceAccess } from '../../src/exporter/device-access.ts';
import type { ReaderEvent } from '../../src/gpu/reader.ts';

const rejected = { lines: 0, values: [] };
const events: Record<string, ReaderEvent> = {
  sample: { kind: 'sample', sample: { observedAtMs: 0, devices: [] }, rejected },
  denied: { kind: 'failure', reason: 'Failed to initialize NVML: Unknown Error', rejected, accessDenied: true },
  broken: { kind: 'failure', reason: 'the NVIDIA driver is not loaded', rejected },
  started: { kind: 'started', unknownFields: [] },
};

it.each([
  ['three starts in a row without access, after it worked', 'sample denied started denied started denied', true],
  ['two of them', 'sample denied denied', false],
  ['one that failed otherwise between them', 'sample denied denied broken denied', false],
  ['access that came back', 'sample denied denied denied sample', false],
  ['access that never was there', 'denied denied denied denied', false],
  ['a driver that is gone', 'sample broken broken broken broken', false],
])('%s', (_, history, isLost) => {
  const access = new DeviceAccess();
  for (const name of history.split(' ')) access.takeReading(events[name]!);
  expect(access.isLost).toBe(isLost);
});
