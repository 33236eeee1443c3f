import { OAuthClientSchema } from './clients/oauth-client.entity.js';
import { OAuthGrantSchema } from './consent/oauth-grant.entity.js';
import { OAuthAccessTokenSchema } from './tokens/access-token.entity.js';
import { OAuthAuthorizationSchema } from './tokens/authorization.entity.js';
import { OAuthSigningKeySchema } from './tokens/signing-key.entity.js';

export { OAuthModule } from './oauth.module.js';
export { type Rotation, SigningKeyRotation } from './tokens/signing-key-rotation.js';

/** The tables of this module. */
export const OAUTH_SCHEMAS = [
  OAuthClientSchema,
  OAuthGrantSchema,
  OAuthAuthorizationSchema,
  OAuthAccessTokenSchema,
  OAuthSigningKeySchema,
];
