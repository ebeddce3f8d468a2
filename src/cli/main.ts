import { runDemo } from './demo/demo.ts';
import { demoOptions } from './demo/options.ts';
import { runCommand } from '../program/command.ts';
import { runValidate, validateOptions } from './validate/validate.ts';

await runCommand({
  usage: 'npm run pilotlight --',
  commands: {
    demo: {
      about: 'Plays one business day with the real exporter, the real scaler and a pretend cluster around them.',
      options: demoOptions,
      run: runDemo,
    },
    validate: {
      about: 'Checks ScaledObjects in files, without a cluster; exits 1 where there is an error.',
      options: validateOptions,
      operands: 'FILE…',
      run: (options: { address: string }, _stop: AbortSignal, files: readonly string[]) =>
        runValidate(files, options, (line) => void process.stdout.write(`${line}\n`)),
    },
  },
});
