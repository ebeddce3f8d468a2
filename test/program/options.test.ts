import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choiceOption, describeOptions, durationOption, integerOption, listOption, readOptions, switchOption, textOption, UsageError } from '../../src/program/options.ts'; // prettier-ignore

const options = {
  port: integerOption(9400, { min: 0, max: 65_535 }, 'Port.'),
  readInterval: durationOption(1_000, 'Interval.', 100),
  drain: durationOption(0, 'Drain.'),
  backend: choiceOption('auto', ['auto', 'simulated'] as const, 'Backend.'),
  namespaces: listOption([], 'Namespaces.'),
  nodeName: textOption('', 'Node.'),
  once: switchOption('Once.'),
};
const defaults = {
  port: 9400,
  readInterval: 1_000,
  drain: 0,
  backend: 'auto',
  namespaces: [],
  nodeName: '',
  once: false,
};

describe('readOptions', () => {
  it('takes the defaults where nothing is given', () => {
    expect(readOptions(options, [], {})).toEqual(defaults);
  });

  it('reads flags with a value behind them or an equals sign, and switches with or without', () => {
    const argv = [
      '--port',
      '80',
      '--read-interval=250ms',
      '--backend',
      'simulated',
      '--namespaces',
      ' a, b,,',
      '--once',
      '--node-name=a=b',
    ];
    expect(readOptions(options, argv, {})).toEqual({ port: 80, readInterval: 250, drain: 0, backend: 'simulated', namespaces: ['a', 'b'], nodeName: 'a=b', once: true }); // prettier-ignore
    expect(readOptions(options, ['--once', 'false', '--port', '1'], {})).toMatchObject({ once: false, port: 1 });
    expect(readOptions(options, ['--once', '--port', '1'], {})).toMatchObject({ once: true, port: 1 });
  });

  it('reads the environment, which the command line overrules', () => {
    const environment = { PILOTLIGHT_PORT: '81', PILOTLIGHT_READ_INTERVAL: '2s', PILOTLIGHT_ONCE: 'true', OTHER: 'x' };
    expect(readOptions(options, [], environment)).toMatchObject({ port: 81, readInterval: 2_000, once: true });
    expect(readOptions(options, ['--port', '82'], environment).port).toBe(82);
  });

  it('takes an empty value where the text may be empty', () => {
    expect(readOptions(options, ['--node-name', '', '--namespaces='], {})).toEqual(defaults);
    expect(readOptions(options, [], { PILOTLIGHT_NODE_NAME: '' }).nodeName).toBe('');
  });

  it('takes the last of a flag that is given twice', () => {
    expect(readOptions(options, ['--port', '1', '--port', '2'], {}).port).toBe(2);
  });

  it.each([
    [['--port', 'x'], {}, '--port: "x" is not a whole number from 0 to 65535'],
    [['--port', '-1'], {}, '--port: "-1" is not a whole number from 0 to 65535'],
    [['--port', '1.5'], {}, '--port: "1.5" is not a whole number from 0 to 65535'],
    [['--port'], {}, '--port needs a value: a whole number from 0 to 65535'],
    [['--port', '--once'], {}, '--port needs a value: a whole number from 0 to 65535'],
    [
      ['--read-interval', '10'],
      {},
      '--read-interval: "10" is not a duration such as "90s", "10m" or "1h30m", 100ms or more',
    ],
    [
      ['--read-interval', '99ms'],
      {},
      '--read-interval: "99ms" is not a duration such as "90s", "10m" or "1h30m", 100ms or more',
    ],
    [['--drain', 'soon'], {}, '--drain: "soon" is not a duration such as "90s", "10m" or "1h30m"'],
    [['--backend=gpu'], {}, '--backend: "gpu" is not one of auto, simulated'],
    [['--once=yes'], {}, '--once: "yes" is not "true" or "false"'],
    [['--ports', '1'], {}, 'unknown flag "--ports"; see --help'],
    [['--ports=secret'], {}, 'unknown flag "--ports"; see --help'],
    [['z'.repeat(200)], {}, `unexpected argument "${'z'.repeat(80)}"; see --help`],
    [['serve'], {}, 'unexpected argument "serve"; see --help'],
    [[], { PILOTLIGHT_PORT: 'x' }, 'PILOTLIGHT_PORT: "x" is not a whole number from 0 to 65535'],
    [['--port', 'y'.repeat(200)], {}, `--port: "${'y'.repeat(80)}" is not a whole number from 0 to 65535`],
  ])('says what is wrong with %j and %j', (argv, environment, message) => {
    expect(() => readOptions(options, argv, environment)).toThrow(new UsageError(message));
  });

  it('answers or throws a UsageError, whatever the command line', () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom('--port', '--once', '--read-interval=', '1s', 'true', '--backend'),
    );
    fc.assert(
      fc.property(fc.array(word), (argv) => {
        try {
          readOptions(options, argv, {});
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
    );
  });
});

describe('describeOptions', () => {
  it('shows each flag with its variable, sentence and default', () => {
    const text = describeOptions('npm run x --', 'Does x.', { port: options.port, nodeName: options.nodeName });
    expect(text).toBe(`Usage: npm run x --

Does x.

Options (flag, environment variable):
  --port, PILOTLIGHT_PORT
      Port. (default: 9400)
  --node-name, PILOTLIGHT_NODE_NAME
      Node.
  --help
`);
  });
});
