import { errorEntry, errorCodes } from '../../kernel/errors/catalogue.js';

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.5rem;border-bottom:1px solid #ddd}
code{white-space:nowrap}tr:target{background:#fff7d6}
@media(prefers-color-scheme:dark){body{background:#161616;color:#eee}th,td{border-color:#444}tr:target{background:#4a4215}}`;

/** The catalogue as a page, an anchor a code. */
export function errorsPage(): string {
  const rows = errorCodes().map((code) => {
    const { status, title, when, solution } = errorEntry(code);
    const cells = [`<code>${code}</code>`, String(status), escape(title), escape(when), escape(solution)];
    return `<tr id="${code}">${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
  });
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Common issues – Kindly API</title><style>${STYLE}</style></head><body>
<h1>Common issues</h1>
<p>Every refusal is a problem (RFC 9457) with one of these codes. Quote its <code>request_id</code> when you contact support.</p>
<table><thead><tr><th>Code</th><th>Status</th><th>Title</th><th>When</th><th>What to do</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table></body></html>`;
}

/** The same as Markdown, for the repository. */
export function errorsMarkdown(): string {
  const rows = errorCodes().map((code) => {
    const { status, title, when, solution } = errorEntry(code);
    return `| <a id="${code}"></a>${code} | ${status} | ${title} | ${when} | ${solution} |`;
  });
  return `# Errors

Every refusal is \`application/problem+json\` (RFC 9457) with one of these codes. This page is generated from the catalogue
by \`npm run kindly -- docs errors\`; do not edit it.

| Code | Status | Title | When | What to do |
|---|---|---|---|---|
${rows.join('\n')}
`;
}

function escape(text: string): string {
  const html = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return html.replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}
