import { describe, expect, it } from '@jest/globals';
import { statusPage } from './status-page.js';
import { viewStatus } from './status.view.js';

const NOW = Date.UTC(2030, 0, 31, 12);
const WORKING = { name: 'database', failingSince: null };

function pageOf(components: { name: string; failingSince: number | null }[]): string {
  return statusPage(
    viewStatus({ components, history: null, startedAt: NOW - 90_000_000, now: NOW }),
    'a&b@example.com',
  );
}

describe('the status page', () => {
  it('says that something does not work and since when, but not that all is down, while the database answers', () => {
    const html = pageOf([WORKING, { name: 'compression', failingSince: NOW - 60_000 }]);
    expect(html).toContain('Some systems do not work');
    expect(html).toContain('Compression has not worked since <time datetime="2030-01-31T11:59:00Z">');
    expect(html).not.toContain('All systems work');
  });

  it('says that the history is missing rather than that it is good', () => {
    const html = pageOf([WORKING]);
    expect(html).toContain('The history cannot be read');
    expect(html).toContain('not known yet');
    expect(html).not.toContain('100 %');
  });

  it('escapes what it is given', () => {
    const html = pageOf([{ name: '<img src=x>', failingSince: null }]);
    expect(html).not.toContain('<img');
    expect(html).toContain('a&amp;b@example.com');
  });

  it('tells the uptime in words', () => {
    expect(pageOf([WORKING])).toContain('up for 1 d 1 h');
  });
});
