import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readFolderNames } from '../../../src/gpu/processes/pod-logs.ts';

const uid = '8a7b6c5d-0123-4567-89ab-cdef01234567';

it.each([
  [`inference_llama-0_${uid}`, uid, { namespace: 'inference', pod: 'llama-0' }],
  [`kube-system_etcd-node.example.com_${'0a'.repeat(16)}`, '0a'.repeat(16), { namespace: 'kube-system', pod: 'etcd-node.example.com' }], // prettier-ignore
])('%s is the folder of a pod', (folder, podUid, name) => {
  expect(readFolderNames([folder])).toEqual(new Map([[podUid, name]]));
});

it.each(['', 'lost+found', `inference_${uid}`, `a_b_c_${uid}`, `Inference_llama_${uid}`, `inference_llama_${uid}.old`])(
  'passes %j over',
  (folder) => {
    expect(readFolderNames([folder]).size).toBe(0);
  },
);

it('finds every pod again, and never throws at other names', () => {
  const name = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);
  fc.assert(
    fc.property(name, name, fc.uuid(), fc.array(fc.string()), (namespace, pod, podUid, others) => {
      const found = readFolderNames([...others, `${namespace}_${pod}_${podUid}`]);
      expect(found.get(podUid)).toEqual({ namespace, pod });
    }),
  );
});
