const GROUPS = 8;

/** The 128-bit value of a text that `isIPv6` of node:net accepts, without a zone id (RFC 4291 §2.2). */
export function ipv6Value(text: string): bigint {
  const [head = '', tail] = withoutDots(text).split('::');
  const left = groupsOf(head);
  const right = tail === undefined ? [] : groupsOf(tail);
  const zeros = Array.from({ length: GROUPS - left.length - right.length }, () => '0000');
  return BigInt(`0x${[...left, ...zeros, ...right].join('')}`);
}

/** The text of a 128-bit value as RFC 5952 §4 recommends it, hexadecimal throughout. */
export function ipv6Text(value: bigint): string {
  const digits = value.toString(16).padStart(32, '0');
  const groups = Array.from({ length: GROUPS }, (_, index) => digits.slice(index * 4, index * 4 + 4));
  const text = groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':');
  const run = longestZeroRun(text);
  if (run === undefined) return text;
  const before = text.slice(0, run.index).replace(/:$/, '');
  const after = text.slice(run.index + run[0].length).replace(/^:/, '');
  return `${before}::${after}`;
}

/** RFC 5952 §4.2: a single zero group is not a run, and of equal runs the first counts. */
function longestZeroRun(text: string): RegExpExecArray | undefined {
  let longest: RegExpExecArray | undefined;
  for (const run of text.matchAll(/\b0(?::0)+\b/g)) {
    if (longest === undefined || run[0].length > longest[0].length) longest = run;
  }
  return longest;
}

/** Writes a dotted decimal tail as the two groups that it stands for. */
function withoutDots(text: string): string {
  if (!text.includes('.')) return text;
  const start = text.lastIndexOf(':') + 1;
  const [a = '', b = '', c = '', d = ''] = text.slice(start).split('.').map(hexByte);
  return `${text.slice(0, start)}${a}${b}:${c}${d}`;
}

function hexByte(decimal: string): string {
  return Number(decimal).toString(16).padStart(2, '0');
}

function groupsOf(text: string): string[] {
  return text === '' ? [] : text.split(':').map((group) => group.padStart(4, '0'));
}
