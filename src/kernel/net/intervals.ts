/** The integers from `first` to `last`, both included. */
export interface Interval {
  readonly first: bigint;
  readonly last: bigint;
}

/** The same integers as disjoint intervals in ascending order, none of which touches the next. */
export function normalise(intervals: readonly Interval[]): readonly Interval[] {
  const result: Interval[] = [];
  for (const interval of intervals.toSorted(byFirst)) {
    const previous = result.at(-1);
    if (previous === undefined || interval.first > previous.last + 1n) {
      result.push({ first: interval.first, last: interval.last });
    } else if (interval.last > previous.last) {
      result[result.length - 1] = { first: previous.first, last: interval.last };
    }
  }
  return result;
}

/** The integers of `from` that are not in `holes`; both lists and the result are normalised. */
export function subtract(from: readonly Interval[], holes: readonly Interval[]): readonly Interval[] {
  const result: Interval[] = [];
  let next = 0;
  for (const { first, last } of from) {
    let start = first;
    for (let hole = holes[next]; hole !== undefined && hole.first <= last; hole = holes[next]) {
      if (hole.first > start) result.push({ first: start, last: hole.first - 1n });
      if (hole.last >= start) start = hole.last + 1n;
      // A hole that reaches beyond this interval may cut the next one too.
      if (hole.last > last) break;
      next += 1;
    }
    if (start <= last) result.push({ first: start, last });
  }
  return result;
}

/** Whether `value` is in a normalised list: a binary search. */
export function contains(intervals: readonly Interval[], value: bigint): boolean {
  let low = 0;
  let high = intervals.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const interval = intervals[middle];
    if (interval === undefined) return false;
    if (value < interval.first) high = middle - 1;
    else if (value > interval.last) low = middle + 1;
    else return true;
  }
  return false;
}

function byFirst(a: Interval, b: Interval): number {
  if (a.first === b.first) return 0;
  return a.first < b.first ? -1 : 1;
}
