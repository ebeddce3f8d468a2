import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { readPod } from '../../src/kubernetes/cluster/records/pod-record.ts';
import type { Benchmark } from '../figure.ts';
import { podObject } from './objects.ts';
import { activeScaledObjects, podsEach } from './scene.ts';

/** What one pod takes in the scaler's memory, of which a cluster may have many: the heap that 10,000 records of pods add. */
export const podBytes: Benchmark = {
  figures: ['cluster.pod_bytes'],
  run: () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const records = new Map<string, unknown>();
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let index = 0; index < activeScaledObjects; index += 1) {
      for (let slot = 0; slot < podsEach; slot += 1) keep(records, JSON.stringify(podObject(index, slot, 0, 'ready')));
    }
    collect();
    const value = (process.memoryUsage().heapUsed - before) / records.size;
    const note = `${records.size} pods; their objects in the API are ${JSON.stringify(podObject(0, 0, 0, 'ready')).length} bytes each`;
    return Promise.resolve([{ figure: 'cluster.pod_bytes', value, unit: 'bytes', goal: { atMost: 2_048 }, note }]);
  },
};

/** As a list does: from JSON, under the pod's name. */
function keep(records: Map<string, unknown>, json: string): void {
  const record = readPod(JSON.parse(json));
  if (record) records.set(record.pod.name, record);
}
