import { integerOption, switchOption } from '../../program/options.ts';

export const demoOptions = {
  once: switchOption('Play the day once, print a summary and one JSON line, and exit 1 if an expectation fails.'),
  speed: integerOption(1_800, { min: 1, max: 3_600 }, 'How many times faster than the world the day goes.'),
};
