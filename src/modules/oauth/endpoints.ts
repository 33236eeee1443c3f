import type { Config } from '../../platform/config/index.js';

/** The URLs of the authorization server, as clients know them. */
export interface Endpoints {
  readonly issuer: string;
  readonly authorization: string;
  readonly token: string;
  readonly revocation: string;
  readonly introspection: string;
  readonly userinfo: string;
  readonly jwks: string;
}

/** The URLs below the public one, which is the issuer. */
export function endpointsOf({ publicUrl }: Config): Endpoints {
  const at = (name: string): string => `${publicUrl}/oauth/${name}`;
  return {
    issuer: publicUrl,
    authorization: at('authorize'),
    token: at('token'),
    revocation: at('revoke'),
    introspection: at('introspect'),
    userinfo: at('userinfo'),
    jwks: at('jwks'),
  };
}
