import { runDemo } from './demo/demo.ts';
import { demoOptions } from './demo/options.ts';
import { runCommand } from '../program/command.ts';

await runCommand({
  usage: 'npm run pilotlight --',
  commands: {
    demo: {
      about: 'Plays one business day with the real exporter, the real scaler and a pretend cluster around them.',
      options: demoOptions,
      run: runDemo,
    },
  },
});
