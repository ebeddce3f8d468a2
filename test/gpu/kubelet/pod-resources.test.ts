import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPodResources } from '../../../src/gpu/kubelet/pod-resources.ts';
import { loadPodResources } from '../../../src/gpu/kubelet/proto.ts';
import { MalformedMessage } from '../../../src/gpu/kubelet/wire.ts';

const { responseSerialize } = loadPodResources().service.List;
const encode = (response: object): Buffer => responseSerialize(response);

const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const few = { maxLength: 3 };
const claim = fc.record({ cdiDevices: fc.array(fc.record({ name: text }), few), driverName: text, poolName: text, deviceName: text }); // prettier-ignore
const dynamicResource = fc.record({ claimName: text, claimNamespace: text, claimResources: fc.array(claim, few) });
const devices = fc.record({ resourceName: text, deviceIds: fc.array(text, few) });
const container = fc.record({ name: text, devices: fc.array(devices, few), dynamicResources: fc.array(dynamicResource, few) }); // prettier-ignore
const pod = fc.record({ name: text, namespace: text, containers: fc.array(container, few) });
const response = fc.record({ podResources: fc.array(pod, few) });

describe('readPodResources', () => {
  it('reads what protobuf’s own library writes', () => {
    fc.assert(
      fc.property(response, (given) => {
        expect(readPodResources(encode(given))).toEqual(given);
      }),
    );
  });

  it('passes over fields that it does not know, of every type', () => {
    const varint = [0x98, 0x06, 0xff, 0xff, 0x03];
    const fixed64 = [0x99, 0x06, 1, 2, 3, 4, 5, 6, 7, 8];
    const bytes = [0x9a, 0x06, 2, 0x0a, 0x7f];
    const fixed32 = [0x9d, 0x06, 1, 2, 3, 4];
    const known = encode({ podResources: [{ name: 'a', namespace: 'b', containers: [] }] });
    const unknown = Buffer.from([...varint, ...fixed64, ...bytes, ...fixed32]);
    expect(readPodResources(Buffer.concat([unknown, known, unknown]))).toEqual(readPodResources(known));
  });

  it.each([
    ['a message that ends within a field', [0x0a, 5, 1, 2], 'the message ends within a field'],
    ['a number without an end', Array<number>(12).fill(0xff), 'a number has no end'],
    ['a message that ends within a number', [0x0a, 0x80], 'the message ends within a number'],
    ['a group, which the kubelet never had', [0x0b], 'a field has the wire type 3'],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => readPodResources(Buffer.from(bytes))).toThrow(new MalformedMessage(message));
  });

  it('answers or refuses whatever the bytes are', () => {
    const isRefused = (bytes: Buffer): boolean => {
      try {
        readPodResources(bytes);
        return false;
      } catch (error) {
        return error instanceof MalformedMessage;
      }
    };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (given) => {
        const bytes = Buffer.from(given);
        if (!isRefused(bytes)) expect(readPodResources(bytes).podResources).toBeInstanceOf(Array);
      }),
    );
    fc.assert(
      fc.property(response, fc.nat(200), (given, cut) => {
        const bytes = encode(given).subarray(0, cut);
        if (!isRefused(bytes)) expect(readPodResources(bytes).podResources.length).toBeLessThanOrEqual(given.podResources.length); // prettier-ignore
      }),
    );
  });
});
