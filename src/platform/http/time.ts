import { z } from 'zod';

const RFC_3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt ]([01]\d|2[0-3]):(\d{2}):(\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})$/;

// years of four digits, also in UTC, where an offset can lead out of them
const EARLIEST_MS = Date.parse('0001-01-01T00:00:00Z');
const LATEST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** A moment as the API prints it: UTC, whole seconds, `2024-01-08T12:00:00Z`. */
export function printTime(moment: Date): string {
  return `${moment.toISOString().slice(0, 19)}Z`;
}

/** The same for a moment that may be absent. */
export function printTimeOrNull(moment: Date | null | undefined): string | null {
  return moment ? printTime(moment) : null;
}

/** Reads a time of RFC 3339 §5.6 (any offset, up to nine digits of fraction); null if it is none or does not exist. */
export function parseTime(text: string): Date | null {
  const match = RFC_3339.exec(text);
  if (!match) return null;
  const [, year, month, day, hour, minute, second, fraction = '', offset = 'Z'] = match;
  const milliseconds = fraction.padEnd(3, '0').slice(0, 3);
  const zone = offset.toUpperCase() === 'Z' ? 'Z' : offset;
  const moment = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.${milliseconds}${zone}`);
  if (!(moment.getTime() >= EARLIEST_MS && moment.getTime() <= LATEST_MS)) return null;
  // Date rolls 30 February over into March; a day that does not exist is refused instead
  const lastDay = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  return Number(day) <= lastDay ? moment : null;
}

/** Far longer than any time that is taken. */
const TIME_LENGTH_MAX = 64;

/** Input: any time of RFC 3339. */
export const TimeInput = z
  .string()
  .max(TIME_LENGTH_MAX)
  .meta({ format: 'date-time' })
  .transform((text, context) => {
    const moment = parseTime(text);
    if (moment) return moment;
    context.addIssue({ code: 'custom', message: 'must be an RFC 3339 time such as 2030-01-08T00:00:00Z' });
    return z.NEVER;
  });

/** Output: what {@link printTime} prints. */
export const TimeView = z.string().meta({ format: 'date-time', examples: ['2024-01-08T12:00:00Z'] });
