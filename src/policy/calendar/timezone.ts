import { nearestName } from '../../domain/nearest-name.ts';
import { quoted } from '../parse.ts';
import type { Parse } from '../parse.ts';

const nameShape = /^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*$/;

/** Reads the IANA name of a timezone, in any case, as the name is officially written. Offsets are none: they know no DST. */
export const parseTimezone: Parse<string> = (text, report) => {
  const name = nameShape.test(text) ? officialName(text) : undefined;
  if (name !== undefined) return name;
  const meant = suggest(text);
  const hint = meant === undefined ? ', such as Europe/Berlin or UTC' : `; did you mean "${meant}"?`;
  report(`${quoted(text)} is not the IANA name of a timezone${hint}`);
  return undefined;
};

function officialName(text: string): string | undefined {
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text).timeZoneId;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** A name with the city that the text is, or the name that is spelt most like it. */
function suggest(text: string): string | undefined {
  const names = Intl.supportedValuesOf('timeZone');
  const city = `/${text.toLowerCase().replaceAll(' ', '_')}`;
  return names.find((name) => name.toLowerCase().endsWith(city)) ?? nearestName(text, names);
}
