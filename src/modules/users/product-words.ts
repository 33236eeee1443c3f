/** What this product is called and does: the first words that somebody tries who guesses at its accounts. */
const OWN_WORDS = [
  'kindly',
  'kapi',
  'api',
  'compression',
  'compressor',
  'compress',
  'zstd',
  'brotli',
  'gzip',
  'webhook',
];

/** What people put beside them. */
const COMPANIONS =
  'administrator admin account backend client cloud demo dev enterprise key login my passphrase password pass prod production ' +
  'root secret server service staging team test the token user welcome';

/** Signs that people type for a letter. */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  a: '[a4@]',
  e: '[e3]',
  i: '[i1!|]',
  l: '[l1|]',
  o: '[o0]',
  s: '[s5$]',
  t: '[t7]',
};

const OWN = new RegExp(alternatives(OWN_WORDS), 'u');
const ANY = new RegExp(alternatives([...OWN_WORDS, ...COMPANIONS.split(' ')]), 'gu');
const LETTER = /\p{L}/u;

/**
 * Whether a password (NFKC) is little more than this product's own words: `KindlyKindly1`, `k1ndly-api-2026`. One that has
 * another word in it, or more of anything else than of these words, is not.
 */
export function isMadeOfProductWords(password: string): boolean {
  const text = password.toLowerCase();
  if (!OWN.test(text)) return false;
  const rest = text.replaceAll(ANY, '');
  return !LETTER.test(rest) && rest.length * 2 < text.length;
}

/** A pattern of the words, also in the plural; the longest come first, so that no word is taken for the beginning of another. */
function alternatives(words: readonly string[]): string {
  const longestFirst = words.toSorted((a, b) => b.length - a.length);
  return longestFirst
    .map((word) => `${Array.from(word, (letter) => LOOK_ALIKES[letter] ?? letter).join('')}s?`)
    .join('|');
}
