import { z } from 'zod';

/** Words for the types that zod names, as a client would say them. */
const TYPE_WORDS: Record<string, string> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'an array',
  object: 'an object',
  null: 'null',
};

type RawIssue = Parameters<NonNullable<z.core.$ZodConfig['customError']>>[0];

/** The sentence of an issue as the API says it; undefined leaves zod's own. Never quotes the input. */
export function messageOf(issue: RawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is required';
      return `must be ${TYPE_WORDS[issue.expected] ?? issue.expected}`;
    case 'unrecognized_keys':
      return 'is not a field of this operation';
    case 'invalid_value':
      if (issue.input === undefined) return 'is required';
      return `must be one of: ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `must ${bound(issue.origin, 'at least', issue.minimum)}`;
    case 'too_big':
      return `must ${bound(issue.origin, 'at most', issue.maximum)}`;
    case 'invalid_format':
      return `is not a valid ${issue.format === 'regex' ? 'value' : issue.format}`;
    default:
      return undefined;
  }
}

function bound(origin: string, direction: string, limit: number | bigint): string {
  if (origin === 'string') return `have ${direction} ${limit} characters`;
  if (origin === 'array' || origin === 'set') return `have ${direction} ${limit} entries`;
  return `be ${direction} ${limit}`;
}

z.config({ customError: messageOf });
