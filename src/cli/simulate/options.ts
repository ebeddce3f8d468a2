import { durationOption, integerOption, textOption } from '../../program/options.ts';
import type { Option } from '../../program/options.ts';
import { addressOption } from '../manifests/address-option.ts';

const dayOption: Option<string> = {
  help: 'The day that is played, in the timezone of the calendar, or else in UTC: YYYY-MM-DD.',
  shown: 'today',
  fallback: '',
  expects: 'a date such as 2026-11-25',
  parse: (text) => (isDate(text) ? text : undefined),
};

function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' }).toString() === text;
  } catch {
    return false;
  }
}

export const simulateOptions = {
  address: addressOption,
  name: textOption('', 'Which ScaledObject of the file, where it has several: NAME or NAMESPACE/NAME.'),
  date: dayOption,
  demand: textOption(
    '',
    'CSV file with the columns time and requests_per_minute; a working day is made up without it.',
  ),
  peak: integerOption(60, { min: 0, max: 100_000 }, 'Requests per minute at the peak of the made-up day.'),
  slots: integerOption(16, { min: 1, max: 10_000 }, 'Requests that one pod serves at once.'),
  service: durationOption(20_000, 'How long one request takes.', 1_000),
  startup: durationOption(180_000, 'How long a pod takes from its creation until it is ready.', 1_000),
};

export interface SimulateOptions {
  readonly address: string;
  readonly name: string;
  readonly date: string;
  readonly demand: string;
  readonly peak: number;
  readonly slots: number;
  readonly service: number;
  readonly startup: number;
}
