import { z } from 'zod';
import { pageQueryFields, pageView } from '../../../platform/http/paging/index.js';
import { printTime, TimeView } from '../../../platform/http/index.js';
import { IdView } from '../../../platform/http/validation/index.js';
import { scopeNames } from '../scopes.js';
import type { OAuthGrant } from './oauth-grant.entity.js';

/** What a user lets an application do. */
export const OAuthGrantView = z
  .object({
    id: IdView,
    client_id: IdView,
    client_name: z.string(),
    scopes: z.array(z.lazy(() => z.enum(scopeNames()))),
    created_at: TimeView,
    consented_at: TimeView.meta({ description: 'When you were asked last.' }),
  })
  .meta({ id: 'OAuthGrant' });

/** Query of `listOAuthGrants`. */
export const OAuthGrantQuery = z.strictObject({ ...pageQueryFields });

/** Answer of `listOAuthGrants`. */
export const OAuthGrantPage = pageView(OAuthGrantView).meta({ id: 'OAuthGrantPage' });

/** Shows a grant, read with its client. */
export function viewOAuthGrant({
  id,
  client,
  scopes,
  createdAt,
  consentedAt,
}: OAuthGrant): z.infer<typeof OAuthGrantView> {
  return {
    id,
    client_id: client.id,
    client_name: client.name,
    scopes: scopeNames().filter((scope) => scopes.includes(scope)),
    created_at: printTime(createdAt),
    consented_at: printTime(consentedAt),
  };
}
