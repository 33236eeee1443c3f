/** The most values that stay; beyond the largest body that any handler looks into: 10,000 samples, or 1,000 findings. */
const VALUES_MAX = 20_000;

/**
 * The value itself, or what is left of one of more than 20,000 values: its own members or elements, and of a list in
 * those the first elements; every deeper object or list is there, but empty. What handlers take in whole has fewer
 * values, and a refusal names at most the first fifty faults, so it reads the same.
 */
export function abridged(value: unknown): unknown {
  if (countValues(value, VALUES_MAX) <= VALUES_MAX) return value;
  let room = VALUES_MAX;
  const shorten = (member: unknown): unknown => {
    if (!Array.isArray(member)) return emptied(member);
    const first = member.slice(0, room).map(emptied);
    room -= first.length;
    return first;
  };
  if (Array.isArray(value)) return shorten(value);
  return Object.fromEntries(Object.entries(value as object).map(([name, member]) => [name, shorten(member)]));
}

/** How many values stand in a value, itself included; counting ends soon after `enough`. */
function countValues(value: unknown, enough: number): number {
  if (typeof value !== 'object' || value === null) return 1;
  let count = 1;
  for (const name in value) {
    count += countValues((value as Record<string, unknown>)[name], enough - count);
    if (count > enough) break;
  }
  return count;
}

function emptied(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? [] : {};
}
