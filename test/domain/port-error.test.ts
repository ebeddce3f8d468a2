import { describe, expect, it } from 'vitest';
import { explainListening, PortError } from '../../src/domain/port-error.ts';

describe('explainListening', () => {
  it.each([
    [
      'listen EADDRINUSE: address already in use 127.0.0.1:6000',
      'it is in use already; choose another, see --help (EADDRINUSE)',
    ],
    [
      'No address added out of total 1 resolved errors: [listen EACCES: permission denied 127.0.0.1:6000]',
      'this user may not open it; choose one from 1024, see --help (EACCES)',
    ],
    [
      'listen EADDRNOTAVAIL: address not available 127.0.0.1:6000',
      'this machine has no such address; choose another --host (EADDRNOTAVAIL)',
    ],
    ['getaddrinfo ENOTFOUND nowhere', 'no address goes by that name; choose another --host (ENOTFOUND)'],
    [
      'getaddrinfo EAI_AGAIN nowhere',
      'whether an address goes by that name could not be asked; choose another --host (EAI_AGAIN)',
    ],
  ])('makes a sentence of "%s"', (message, sentence) => {
    const error = explainListening(new Error(message), { host: '127.0.0.1', port: 6000 });
    expect(error).toBeInstanceOf(PortError);
    expect(error.message).toBe(`port 6000 on 127.0.0.1: ${sentence}`);
  });

  it('leaves alone what it does not know', () => {
    const error = new TypeError('no such thing');
    expect(explainListening(error, { host: '127.0.0.1', port: 6000 })).toBe(error);
  });
});
