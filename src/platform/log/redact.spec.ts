import { describe, expect, it } from '@jest/globals';
import { generateApiKey } from '../../kernel/crypto/api-key-format.js';
import { generateApiSecret } from '../../kernel/crypto/api-secret.js';
import { redact } from './redact.js';

describe('redact', () => {
  const key = generateApiKey('prod');
  const secret = generateApiSecret();
  it.each([
    ['an API key', key],
    ['a signing secret', secret],
    ['a webhook secret', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw+/x='],
    ['a token', 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl'],
    ['an unsigned token', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.'],
    ['a private key', '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA\n-----END PRIVATE KEY-----'],
  ])('takes out %s wherever it stands', (_name, value) => {
    for (const text of [value, `before ${value} after`, JSON.stringify({ note: value }), `path=/x?k=${value}&y=1`]) {
      const clean = redact(text);
      expect(clean).not.toContain(value);
      expect(clean).toContain('redacted');
    }
  });

  it('takes out passwords of connection strings and of JSON, once or twice encoded', () => {
    expect(redact('postgresql://app:hunter2@db/kindly')).toBe('postgresql://app:[redacted]@db/kindly');
    expect(redact('{"password": "hunter2", "name": "x"}')).toBe('{"password": "[redacted]", "name": "x"}');
    expect(redact(JSON.stringify({ msg: '{"new_password":"hunter2"}' }))).not.toContain('hunter2');
    expect(redact('{"mfa_code":"123456"}')).not.toContain('123456');
  });

  it('leaves ordinary lines alone', () => {
    const line = '{"level":"info","request_id":"018cf2b8-3c00-7000-8000-000000000000","path":"/api/keys","status":200}';
    expect(redact(line)).toBe(line);
  });
});
