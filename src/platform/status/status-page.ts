import type { Status } from './status.view.js';

const STYLE = `:root{color-scheme:light dark;--text:#1b1f24;--soft:#57606a;--back:#fff;--line:#d8dee4;--good:#1a7f37;--fair:#9a6700;--bad:#cf222e;--none:#d8dee4}
@media(prefers-color-scheme:dark){:root{--text:#e6edf3;--soft:#9198a1;--back:#0d1117;--line:#30363d;--good:#3fb950;--fair:#d29922;--bad:#f85149;--none:#30363d}}
body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:var(--text);background:var(--back)}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}.state{padding:.75rem 1rem;border:1px solid var(--line);border-left:.4rem solid;border-radius:.4rem;font-weight:600}
.good{border-left-color:var(--good)}.fair{border-left-color:var(--fair)}.bad{border-left-color:var(--bad)}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.5rem 0;border-bottom:1px solid var(--line)}td:last-child,th:last-child{text-align:right}
th{font-weight:600}.dot{display:inline-block;width:.7rem;height:.7rem;border-radius:50%;margin-right:.5rem}.dot.good,.day.good{background:var(--good)}.dot.bad,.day.bad{background:var(--bad)}.day.fair{background:var(--fair)}.day.none{background:var(--none)}
.days{display:flex;gap:1px;height:2.2rem;list-style:none;padding:0;margin:.5rem 0}.day{flex:1;border-radius:1px}
.ends{display:flex;justify-content:space-between}.ends,footer,.since{color:var(--soft);font-size:.875rem}footer{margin-top:2rem}a{color:inherit}`;

const SENTENCES = {
  operational: ['good', 'All systems work'],
  degraded: ['fair', 'Some systems do not work'],
  outage: ['bad', 'The service is down'],
} as const;

/** Above this share of its minutes a day counts as good, above the next as fair. */
const GOOD_PERCENT = 99.9;
const FAIR_PERCENT = 95;

/** The status as a page that needs neither script nor any other file. */
export function statusPage(status: Status, supportEmail: string): string {
  const [colour, sentence] = SENTENCES[status.status];
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="60"><title>${sentence} – Kindly API status</title><style>${STYLE}</style></head><body>
<h1>Kindly API status</h1>
<p class="state ${colour}">${sentence}</p>
${incidents(status)}
<h2>Components</h2>
<table><thead><tr><th>Component</th><th>State</th><th>Last 90 days</th></tr></thead><tbody>${components(status)}</tbody></table>
${history(status)}
<footer>Checked at ${time(status.checked_at)}. This server has been up for ${duration(status.uptime_seconds)}, since ${time(status.started_at)}.
Something does not work that is green here? Write to <a href="mailto:${escape(supportEmail)}">${escape(supportEmail)}</a>.</footer>
</body></html>`;
}

function incidents({ incidents: current }: Status): string {
  if (current.length === 0) return '';
  const items = current.map(
    ({ component, since }) => `<li>${label(component)} has not worked since ${time(since)}</li>`,
  );
  return `<h2>Current incidents</h2><ul>${items.join('')}</ul>`;
}

function components({ components: all }: Status): string {
  return all
    .map(({ name, status, uptime_percent: percent }) => {
      const isGood = status === 'operational';
      const state = `<span class="dot ${isGood ? 'good' : 'bad'}"></span>${isGood ? 'Works' : 'Does not work'}`;
      return `<tr><td>${label(name)}</td><td>${state}</td><td>${percentText(percent)}</td></tr>`;
    })
    .join('');
}

function history({ history: past }: Status): string {
  if (!past) return '<h2>Last 90 days</h2><p>The history cannot be read at the moment.</p>';
  const days = past.days.map(({ date, uptime_percent: percent }) => {
    const text = percent === null ? 'no data' : percentText(percent);
    return `<li class="day ${dayColour(percent)}" title="${date}: ${text}"></li>`;
  });
  const since =
    past.since === null
      ? ''
      : `<p class="since">Recorded since ${time(past.since)}, one sample a minute; a minute without a sample counts as down.</p>`;
  return `<h2>Last 90 days: ${percentText(past.uptime_percent)}</h2>
<ul class="days" role="img" aria-label="Uptime by day: ${percentText(past.uptime_percent)} in all">${days.join('')}</ul>
<div class="ends"><span>${past.days[0]?.date ?? ''}</span><span>today</span></div>${since}`;
}

function dayColour(percent: number | null): string {
  if (percent === null) return 'none';
  if (percent >= GOOD_PERCENT) return 'good';
  return percent >= FAIR_PERCENT ? 'fair' : 'bad';
}

function percentText(percent: number | null): string {
  return percent === null ? 'not known yet' : `${percent} %`;
}

function duration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)];
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
}

function label(component: string): string {
  const name = component === 'api' ? 'API' : component.charAt(0).toUpperCase() + component.slice(1);
  return escape(name.replaceAll('_', ' '));
}

function time(text: string): string {
  return `<time datetime="${text}">${text.replace('T', ' ').replace('Z', ' UTC')}</time>`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
