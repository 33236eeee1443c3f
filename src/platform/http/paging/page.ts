import { z } from 'zod';
import { isUuid } from '../../../kernel/ids.js';

/** Fields of a query that pages through a list, newest first. */
export const pageQueryFields = {
  limit: z
    .string()
    .regex(/^\d{1,3}$/, 'must be a whole number from 1 to 100')
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= 100, 'must be a whole number from 1 to 100')
    .default(20)
    .meta({ type: 'integer', minimum: 1, maximum: 100, default: 20, description: 'Entries a page.' }),
  cursor: z
    .string()
    .max(256)
    .transform((text, context): string => {
      const id = decodeCursor(text);
      if (id !== null) return id;
      context.addIssue({ code: 'custom', message: 'is not a cursor of this list' });
      return z.NEVER;
    })
    .optional()
    .meta({ description: '`next_cursor` of the previous page.' }),
};

/** The schema of a page of entries. */
export function pageView<Entry extends z.ZodType>(entry: Entry) {
  return z.object({
    data: z.array(entry),
    has_more: z.boolean(),
    next_cursor: z.string().nullable(),
  });
}

/** A page of entries. */
export interface Page<Entry> {
  readonly data: Entry[];
  readonly has_more: boolean;
  readonly next_cursor: string | null;
}

/**
 * Makes a page of rows that were read newest first, one more than `limit`. Ids are UUID v7, so the last id is all the
 * position there is, and rows inserted meanwhile do not shift it.
 */
export function toPage<Row extends { id: string }, Entry>(
  rows: readonly Row[],
  limit: number,
  view: (row: Row) => Entry,
): Page<Entry> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = rows.length > limit;
  return {
    data: shown.map(view),
    has_more: hasMore,
    next_cursor: hasMore && last ? encodeCursor(last.id) : null,
  };
}

function encodeCursor(id: string): string {
  return Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url');
}

function decodeCursor(text: string): string | null {
  if (!/^[\w-]{22}$/.test(text)) return null;
  const hex = Buffer.from(text, 'base64url').toString('hex');
  const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return isUuid(id) ? id : null;
}
