// oidc-provider with its in-memory adapter and one client that may use client_credentials and introspection.
import { createServer } from 'node:http';
import OidcProvider from 'oidc-provider';

const provider = new OidcProvider('http://127.0.0.1', {
  clients: [
    {
      client_id: 'bench',
      client_secret: 'bench-secret',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      token_endpoint_auth_method: 'client_secret_post',
    },
  ],
  features: {
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    devInteractions: { enabled: false },
  },
  scopes: ['read'],
});

const server = createServer(provider.callback());
server.listen(0, '127.0.0.1', () => process.send?.({ port: server.address().port }));
