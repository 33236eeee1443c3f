import { describe, expect, it } from '@jest/globals';
import { judgeOrigin, type OriginVerdict } from './request-origin.js';

const PUBLIC_URL = 'https://api.kindly.com';
const ADMITTED = ['https://app.kindly.com'];

function judge(headers: Record<string, string>): OriginVerdict {
  return judgeOrigin({ headers: { host: 'internal:3000', ...headers } }, PUBLIC_URL, ADMITTED);
}

describe('the origin of a request', () => {
  it.each([PUBLIC_URL, 'https://app.kindly.com', 'https://internal:3000'])('%s is ours', (origin) => {
    expect(judge({ origin })).toBe('ours');
  });

  it.each([
    'null',
    '',
    'https://evil.example',
    'http://api.kindly.com',
    'https://api.kindly.com:8443',
    'https://api.kindly.com.evil.example',
    'https://api.kindly.com/',
    'https://API.kindly.com',
    'https://evil.kindly.com',
    'https://app.kindly.com, https://evil.example',
    'file://',
  ])('%j is foreign', (origin) => {
    expect(judge({ origin })).toBe('foreign');
  });

  it('is foreign to a browser that calls it cross-site, whatever Origin says', () => {
    expect(judge({ origin: PUBLIC_URL, 'sec-fetch-site': 'cross-site' })).toBe('foreign');
    expect(judge({ 'sec-fetch-site': 'cross-site' })).toBe('foreign');
  });

  it('is unknown without the header', () => {
    expect(judge({})).toBe('unknown');
    expect(judge({ 'sec-fetch-site': 'same-origin' })).toBe('unknown');
  });
});
