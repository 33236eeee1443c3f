/** HTML that is safe to put into a page. */
export class Html {
  constructor(readonly text: string) {}
}

type Piece = string | Html | readonly Html[] | null;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A piece of HTML; every text that is put in is escaped, for content and for quoted attributes alike. */
export function html(literals: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  return new Html(String.raw({ raw: literals }, ...pieces.map(print)));
}

function print(piece: Piece): string {
  if (piece === null) return '';
  if (typeof piece === 'string') return piece.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
  return piece instanceof Html ? piece.text : piece.map(({ text }) => text).join('');
}
