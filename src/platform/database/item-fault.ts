import { codeOf } from '../../kernel/errors/code-of.js';

/**
 * SQLSTATE classes that speak of the data of a statement: 22 what a type cannot hold, 23 a constraint, 54 what is larger
 * than a row or an index entry may be. All others speak of the statement or of the server.
 */
const ITEM_FAULT_SQLSTATE = /^(22|23|54)[0-9A-Z]{3}$/;

/** Whether a statement failed for what one of its items holds, so that the same statement without it may succeed. */
export function isItemFault(error: unknown): boolean {
  return ITEM_FAULT_SQLSTATE.test(codeOf(error) ?? '');
}

/**
 * Works on items together, in one statement. Fails it for what one of them holds, halves are tried by themselves, until
 * those at fault stand alone: one item never costs another, and one among a thousand costs twenty statements. A failure
 * of the database itself is not tried again.
 * @param work handles all items or none, and answers with the result of each in their order
 * @returns what became of each, in their order
 */
export async function settleEach<Item, Result>(
  items: readonly Item[],
  work: (items: readonly Item[]) => Promise<readonly Result[]>,
): Promise<PromiseSettledResult<Result>[]> {
  try {
    const results = await work(items);
    return items.map((_, position) => ({ status: 'fulfilled', value: results[position] as Result }));
  } catch (reason) {
    if (items.length === 1 || !isItemFault(reason)) return items.map(() => ({ status: 'rejected', reason }));
    const middle = Math.ceil(items.length / 2);
    const first = await settleEach(items.slice(0, middle), work);
    return [...first, ...(await settleEach(items.slice(middle), work))];
  }
}
