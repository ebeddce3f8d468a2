import { runDemo } from './demo/demo.ts';
import { demoOptions } from './demo/options.ts';
import { runCommand } from '../program/command.ts';
import { runExplain } from './explain/explain.ts';
import { explainOptions } from './explain/options.ts';
import { systemClock } from '../program/system-clock.ts';
import { simulateOptions } from './simulate/options.ts';
import type { SimulateOptions } from './simulate/options.ts';
import { runSimulate } from './simulate/simulate.ts';
import { runValidate, validateOptions } from './validate/validate.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

await runCommand({
  usage: 'npm run pilotlight --',
  commands: {
    demo: {
      about: 'Plays one business day with the real exporter, the real scaler and a pretend cluster around them.',
      options: demoOptions,
      run: runDemo,
    },
    explain: {
      about: 'Asks a running scaler why a ScaledObject has the replicas that it has.',
      options: explainOptions,
      operands: 'NAMESPACE/NAME…',
      run: (options: { scaler: URL }, _stop: AbortSignal, names: readonly string[]) =>
        runExplain(names, options, { print, nowMs: () => systemClock.nowMs() }),
    },
    simulate: {
      about: 'Plays a day of a ScaledObject with made-up or given demand, and says what was decided and why.',
      options: simulateOptions,
      operands: 'FILE',
      run: (options: SimulateOptions, _stop: AbortSignal, files: readonly string[]) =>
        runSimulate(files, options, { print, nowMs: systemClock.nowMs() }),
    },
    validate: {
      about: 'Checks ScaledObjects in files, without a cluster; exits 1 where there is an error.',
      options: validateOptions,
      operands: 'FILE…',
      run: (options: { address: string }, _stop: AbortSignal, files: readonly string[]) =>
        runValidate(files, options, print),
    },
  },
});
