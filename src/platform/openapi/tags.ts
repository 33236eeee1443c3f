/** What belongs together in the OpenAPI document, in the order in which somebody new needs it. */
export const TAGS: Readonly<Record<string, string>> = {
  Sessions: 'Register, log in, refresh, log out. An access token lives for an hour, a refresh token is used once.',
  Account: 'Your own name, e-mail address and password.',
  'Two-factor authentication':
    'A second factor from an authenticator app, recovery codes, and step-up for what is sensitive.',
  'API keys': 'Long-lived credentials with permissions, address lists, quotas and rotation; shown once.',
  Compression: 'The product: compress, decompress, find the right level, train dictionaries, see what it saved.',
  'Service accounts': 'Credentials for robots, with a key pair of their own instead of a secret that travels.',
  Webhooks: 'Signed events sent to your servers, their deliveries, and sending them again.',
  Analytics: 'What your credentials were used for, events of your own, and what was unusual.',
  Audit: 'The trail of what has happened, its proof, and why a request was refused.',
  'OAuth clients': 'Applications that you register to act for others.',
  'OAuth grants': 'Applications that you have let in.',
  OAuth: 'OAuth 2.0 and OpenID Connect: authorization, tokens, introspection, revocation, discovery.',
  Administration: 'Users, all keys and the policy; for administrators.',
  Health: 'Is it up?',
};
