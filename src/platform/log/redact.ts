/**
 * The shapes of this API's secrets, wherever they may stand in a text: API keys and secrets, JSON Web Tokens, webhook
 * secrets, private keys, passwords in connection strings and JSON members that hold a credential.
 */
const SECRET_SHAPES: readonly [RegExp, string][] = [
  [/kapi_(prod|test|dev)_[0-9A-Za-z]+/g, 'kapi_$1_[redacted]'],
  [/(ksec|whsec)_[0-9A-Za-z+/=_-]+/g, '$1_[redacted]'],
  [/eyJ[\w-]+\.[\w-]+\.[\w-]*/g, '[redacted token]'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, '[redacted private key]'],
  [/(postgres(?:ql)?|rediss?):\/\/([^:@/\s]*):[^@\s]*@/g, '$1://$2:[redacted]@'],
  [
    /(\\?"[\w-]*(?:password|secret|token|mfa_code|private_key|api_key|authorization)\\?"\s*:\s*\\?")[^"\\]*/gi,
    '$1[redacted]',
  ],
];

/** Cheap test for a text that may hold one of the shapes; most log lines do not. */
const SUSPICIOUS = /kapi_|ksec_|whsec_|eyJ|PRIVATE KEY|:\/\/|password|secret|token|mfa_code|api_key|authorization/i;

/** Takes secrets out of a text. The last line of defence: nothing should hand one to the log in the first place. */
export function redact(text: string): string {
  if (!SUSPICIOUS.test(text)) return text;
  let clean = text;
  for (const [shape, replacement] of SECRET_SHAPES) clean = clean.replace(shape, replacement);
  return clean;
}
