/** A log of JSON lines: repetitive, with fresh numbers in every line; the same in every run. */
export function jsonLines(sizeBytes: number): Buffer {
  let state = 1;
  const lines: string[] = [];
  for (let size = 0; size < sizeBytes; size += lines.at(-1)?.length ?? 0) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const [id, status] = [state.toString(16), 200 + (state % 5)];
    lines.push(`{"id":"${id}","path":"/api/compression/compress","status":${status},"took_us":${state % 7919}}\n`);
  }
  return Buffer.from(lines.join('')).subarray(0, sizeBytes);
}

/** An audit record of about 1 kB, with ids and choices of its own. */
export function auditRecord(number: number): string {
  let state = (number * 7919 + 1) >>> 0;
  const next = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0);
  const hex = (length: number): string => Array.from({ length }, () => ((next() >>> 20) & 15).toString(16)).join('');
  const pick = (...options: string[]): string => options[(next() >>> 16) % options.length] ?? '';
  return JSON.stringify({
    id: `${hex(8)}-${hex(4)}-${hex(4)}-${hex(12)}`,
    occurred_at: new Date(1_700_000_000_000 + number * 1000).toISOString(),
    action: pick('api_key.created', 'api_key.rotated', 'session.revoked', 'webhook.disabled'),
    actor: { type: pick('user', 'service_account', 'administrator'), id: hex(24), ip: `10.${next() % 256}.0.7` },
    target: { type: 'api_key', id: hex(24), environment: pick('prod', 'test', 'dev') },
    request: {
      id: hex(16),
      user_agent: pick('kindly-python/3.2 (requests 2.31; CPython 3.11)', 'Mozilla/5.0 (X11; Linux) Firefox/128.0'),
      path: pick('/api/compression/compress', '/api/keys', '/api/auth/login'),
    },
    changes: Array.from({ length: 4 }, () => ({
      field: pick('permissions', 'allowed_ips', 'expires_at', 'require_signature'),
      previous_value: hex(6),
      current_value: hex(6),
      approved_by: pick('policy', 'administrator', 'owner'),
    })),
    outcome: pick('allowed', 'denied'),
  });
}
