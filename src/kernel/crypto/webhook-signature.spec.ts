import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { generateWebhookSecret } from './webhook-secret.js';
import { signWebhookBody, signWebhookMessage, webhookKeys } from './webhook-signature.js';

describe('a webhook secret', () => {
  it('is whsec_ and the base64 of 32 random bytes', () => {
    const secret = generateWebhookSecret();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(generateWebhookSecret()).not.toBe(secret);
  });

  it('is refused without its prefix', () => {
    expect(() => webhookKeys('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')).toThrow(TypeError);
  });
});

describe('webhook signatures', () => {
  // the known answer of the Standard Webhooks specification
  const keys = webhookKeys('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');

  it('give the answer that the specification prints', () => {
    const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1_614_265_330, body: '{"test": 2432232314}' };
    expect(signWebhookMessage(keys, message)).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  // printf '{"test": 2432232314}' | openssl dgst -sha256 -hmac whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
  it('of the body are keyed by the printed secret, as in the guide', () => {
    expect(signWebhookBody(keys, '{"test": 2432232314}')).toBe(
      '80ec8a89ce3cd22133a1066caecb4d04fea7467657c8514d717ec42c38a5c94c',
    );
  });

  it('differ whenever the body, the id, the time or the secret differs', () => {
    const other = webhookKeys(generateWebhookSecret());
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.nat(), (body, id, timestamp) => {
        const message = { id, timestamp, body };
        const signature = signWebhookMessage(keys, message);
        expect(signWebhookMessage(keys, { ...message, body: `${body} ` })).not.toBe(signature);
        expect(signWebhookMessage(keys, { ...message, id: `${id}x` })).not.toBe(signature);
        expect(signWebhookMessage(keys, { ...message, timestamp: timestamp + 1 })).not.toBe(signature);
        expect(signWebhookMessage(other, message)).not.toBe(signature);
        expect(signWebhookBody(other, body)).not.toBe(signWebhookBody(keys, body));
      }),
    );
  });
});
