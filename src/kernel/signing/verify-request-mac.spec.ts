import { describe, expect, it } from '@jest/globals';
import { requestMac } from './request-mac.js';
import { verifyRequestMac } from './verify-request-mac.js';

describe('the MAC of a request', () => {
  // RFC 4231 §4.3, test case 2.
  const secret = 'Jefe';
  const message = 'what do ya want for nothing?';
  const mac = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843';

  it('is HMAC-SHA256', () => {
    expect(requestMac(secret, message).toString('hex')).toBe(mac);
  });

  it('verifies as hexadecimal and as bytes', () => {
    expect(verifyRequestMac(secret, message, mac)).toBe(true);
    expect(verifyRequestMac(secret, message, requestMac(secret, message))).toBe(true);
  });

  it('does not verify for another secret, message or signature, nor for a part of it', () => {
    expect(verifyRequestMac('jefe', message, mac)).toBe(false);
    expect(verifyRequestMac(secret, `${message} `, mac)).toBe(false);
    expect(verifyRequestMac(secret, message, `${mac.slice(0, -1)}4`)).toBe(false);
    for (const bad of ['', mac.slice(0, 32), `${mac}00`, 'zz', `zz${mac}`]) {
      expect(verifyRequestMac(secret, message, bad)).toBe(false);
    }
  });

  it('takes text as UTF-8', () => {
    expect(requestMac('clé', 'é')).toEqual(requestMac('clé', Buffer.from('c3a9', 'hex').toString('utf8')));
    expect(requestMac('é', '')).not.toEqual(requestMac('e', ''));
  });
});
