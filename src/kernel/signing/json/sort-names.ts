import { compareCodePoints } from './compare-code-points.js';

/** Up to here the built-in sort costs more to start than insertion costs to run. */
const INSERTION_SORT_SIZE_MAX = 16;

function insertionSort(names: readonly string[]): readonly number[] {
  const order: number[] = [];
  for (const [member, name] of names.entries()) {
    let rank = member;
    for (; rank > 0; rank -= 1) {
      const before = order[rank - 1] ?? 0;
      if (compareCodePoints(names[before] ?? '', name) <= 0) break;
      order[rank] = before;
    }
    order[rank] = member;
  }
  return order;
}

/** The indices of `names` in code-point order of the names; equal names are neighbours. */
export function sortNames(names: readonly string[]): readonly number[] {
  if (names.length <= INSERTION_SORT_SIZE_MAX) return insertionSort(names);
  return Array.from(names.keys()).toSorted((a, b) => compareCodePoints(names[a] ?? '', names[b] ?? ''));
}
