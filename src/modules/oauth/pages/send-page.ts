import { randomBytes } from 'node:crypto';
import type { Response } from 'express';
import { Html, html } from './html.js';

const STYLE = `:root{color-scheme:light dark;--text:#1b1f24;--soft:#57606a;--back:#f6f8fa;--card:#fff;--line:#8c959f;--main:#0b57d0;--on:#fff;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--text:#e6edf3;--soft:#9da7b1;--back:#0d1117;--card:#161b22;--line:#6e7681;--main:#a8c7fa;--on:#062e6f;--bad:#f2b8b5}}
*{box-sizing:border-box}body{font:16px/1.5 system-ui,sans-serif;margin:0;min-height:100vh;display:grid;place-items:center;padding:1rem;color:var(--text);background:var(--back)}
main{width:100%;max-width:27rem;background:var(--card);padding:2rem 1.5rem;border-radius:.75rem;box-shadow:0 1px 4px #0003}
h1{font-size:1.35rem;line-height:1.3;margin:0 0 1rem;overflow-wrap:anywhere}p,ul{margin:0 0 1rem}ul{padding-left:1.25rem}strong{overflow-wrap:anywhere}
label{display:block;font-weight:600;margin-bottom:.25rem}input{font:inherit;width:100%;min-height:2.75rem;padding:.5rem .75rem;border:1px solid var(--line);border-radius:.5rem;background:var(--card);color:inherit;margin-bottom:1rem}
button{font:inherit;font-weight:600;width:100%;min-height:2.75rem;border:1px solid var(--main);border-radius:.5rem;cursor:pointer;background:var(--main);color:var(--on);margin-bottom:.75rem}
button.other{background:transparent;color:var(--main)}:focus-visible{outline:3px solid var(--main);outline-offset:2px}
.alert{border-left:.25rem solid var(--bad);padding-left:.75rem;color:var(--bad)}.soft{color:var(--soft);font-size:.9rem;margin-bottom:0}a{color:var(--main)}`;

/** A page to be shown. */
export interface Page {
  readonly status: number;
  readonly title: string;
  readonly content: Html;
  /** Where its forms may lead in the end, as a CSP source beside ourselves; null: nowhere. */
  readonly formTarget: string | null;
}

/** Sends a page: no script, nothing from elsewhere, in nobody's frame. */
export function sendPage(response: Response, { status, title, content, formTarget }: Page): void {
  const nonce = randomBytes(16).toString('base64');
  const formAction = formTarget === null ? "'none'" : `'self' ${formTarget}`.trim();
  response.setHeader(
    'Content-Security-Policy',
    `default-src 'none'; style-src 'nonce-${nonce}'; form-action ${formAction}; frame-ancestors 'none'; base-uri 'none'`,
  );
  response.setHeader('X-Frame-Options', 'DENY');
  // without a referrer a browser sends `Origin: null` with forms, which could be anybody's
  response.setHeader('Referrer-Policy', 'same-origin');
  const { text } = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} – Kindly API</title>
        <style nonce="${nonce}">
          ${new Html(STYLE)}
        </style>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${content}
        </main>
      </body>
    </html> `;
  response.status(status).type('html').send(text);
}

/** The CSP source of a redirect URI: browsers hold the redirect after a form against `form-action` too. */
export function sourceOf(redirectUri: string): string {
  const { protocol, origin, hostname } = new URL(redirectUri);
  if (protocol !== 'https:' && protocol !== 'http:') return protocol;
  // a source cannot name an IPv6 address
  return hostname.startsWith('[') ? protocol : origin;
}
