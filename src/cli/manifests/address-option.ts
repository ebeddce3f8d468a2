import { textOption } from '../../program/options.ts';

/** By what pilotlight's triggers are told from those of other scalers. */
export const addressOption = textOption(
  'pilotlight',
  "What is in the scalerAddress of pilotlight's triggers; others are left alone.",
);
