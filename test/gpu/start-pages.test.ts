import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dropStartPages, untouchedMappings } from '../../src/gpu/start-pages.ts';

const node = '/usr/local/bin/node';

function mapping(range: string, path: string, anonymous: string, rss = 8): string {
  return `${range} 0042e000 fe:00 5317831 ${path}\nSize: 100 kB\nRss: ${rss} kB\nPrivate_Clean: 0 kB\n${anonymous}\nVmFlags: rd ex mr mw me \n`;
}

const none = 'Anonymous:             0 kB';

describe('untouchedMappings', () => {
  it('finds what can be had again from the executable, and nothing else', () => {
    const smaps = [
      mapping('00400000-0082e000 r--p', node, none),
      mapping('0082e000-03489000 r-xp', node, none, 30_000),
      // Put right by the loader.
      mapping('072a7000-072dc000 r--p', node, 'Anonymous:           12 kB'),
      mapping('072dc000-07308000 rw-p', node, none),
      mapping('08000000-08001000 r--s', node, none),
      mapping('0a000000-0a001000 rwxp', node, none),
      mapping('0b000000-0b001000 r-xp', '', none),
      mapping('0c000000-0c001000 r-xp', `${node} (deleted)`, none),
      mapping('0d000000-0d001000 r--p', node, 'AnonHugePages: 0 kB'),
      mapping('7f0000000000-7f0000010000 r-xp', '/usr/lib/libc.so.6', none),
      mapping('7f6125d80000-7f6125f95000 r-xp', node, none, 0),
    ].join('');
    expect(untouchedMappings(smaps, node)).toEqual([
      { address: 0x400000n, length: 0x42e000n, residentBytes: 8_192 },
      { address: 0x82e000n, length: 0x2c5b000n, residentBytes: 30_720_000 },
      { address: 0x7f6125d80000n, length: 0x215000n, residentBytes: 0 },
    ]);
  });

  it.each(['', 'no maps here', '00400000-0082e000 r-xp'])('finds nothing in %j', (text) => {
    expect(untouchedMappings(text, node)).toEqual([]);
  });

  it('never throws, and never finds a mapping of another file or one that may be written to', () => {
    const line = fc.oneof(fc.string(), fc.constantFrom(none, 'Rss: 8 kB', '00400000-0082e000 r--p 0 fe:00 1 /x'));
    fc.assert(fc.property(fc.array(line), (lines) => untouchedMappings(lines.join('\n'), node).length === 0));
  });
});

describe('dropStartPages', () => {
  it.runIf(process.platform === 'linux')('lets go of pages of this very process, which goes on', () => {
    expect(dropStartPages()).toBeGreaterThan(1_000_000);
    expect(JSON.parse(JSON.stringify({ goes: ['on'] }))).toEqual({ goes: ['on'] });
  });
});
