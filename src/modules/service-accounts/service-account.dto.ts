import { z } from 'zod';
import { SIGNATURE_ALGORITHMS } from '../../kernel/jose/verification-key.js';
import { cascadeInput, GrantsInput, IdView, NameInput, NoteInput } from '../../platform/http/validation/index.js';
import { pageQueryFields, pageView } from '../../platform/http/paging/index.js';
import { TimeInput, TimeView } from '../../platform/http/index.js';
import { PublicKeyInput } from './public-key.dto.js';

const AccountNameInput = NameInput(100).meta({ examples: ['analytics-processor'] });

const DescriptionInput = NoteInput(500).nullable().optional();

/** Body of `createServiceAccount`. */
export const NewServiceAccount = z
  .strictObject({
    name: AccountNameInput,
    description: DescriptionInput,
    permissions: GrantsInput,
    public_key: PublicKeyInput.optional().meta({
      description: 'SPKI in PEM, or a JWK: Ed25519, P-256 or RSA from 2048 bits. Left out: a key pair is made for you.',
    }),
  })
  .meta({ id: 'NewServiceAccount' });

/** Body of `updateServiceAccount`; what is left out stays as it is. */
export const ServiceAccountChanges = z
  .strictObject({
    name: AccountNameInput.optional(),
    description: DescriptionInput,
    permissions: GrantsInput.optional(),
    enabled: z.boolean().optional().meta({ description: 'False stops its tokens at once.' }),
  })
  .meta({ id: 'ServiceAccountChanges' });

/** Body of `addServiceAccountKey`, which may be left out. */
export const NewServiceAccountKey = z
  .strictObject({
    public_key: PublicKeyInput.optional(),
    expires_at: TimeInput.optional().meta({ description: 'Default: in 90 days.' }),
  })
  .prefault({})
  .meta({ id: 'NewServiceAccountKey' });

/** A key pair as the API shows it; never its private half. */
export const ServiceAccountKeyView = z
  .object({
    id: IdView,
    key_id: IdView.meta({ description: 'The same as `id`: the `kid` of assertions.' }),
    algorithm: z.enum(SIGNATURE_ALGORITHMS),
    thumbprint: z.string().meta({ description: 'RFC 7638; may stand for the id in `kid`.' }),
    created_at: TimeView,
    expires_at: TimeView,
    last_used_at: TimeView.nullable(),
  })
  .meta({ id: 'ServiceAccountKey' });

const privateKey = {
  private_key: z
    .string()
    .optional()
    .meta({ description: 'PKCS#8 in PEM, Ed25519; shown only here, and absent when a public key was uploaded.' }),
};

/** Answer of `addServiceAccountKey`. */
export const MintedServiceAccountKeyView = ServiceAccountKeyView.extend(privateKey).meta({
  id: 'MintedServiceAccountKey',
});

/** A service account as lists show it. */
export const ServiceAccountView = z
  .object({
    id: IdView,
    name: z.string(),
    description: z.string().nullable(),
    permissions: z.array(z.string()),
    enabled: z.boolean(),
    allowed_ips: z.array(z.string()).nullable().meta({ description: 'Inherited from the credential that created it.' }),
    denied_ips: z.array(z.string()).nullable(),
    expires_at: TimeView.nullable(),
    created_at: TimeView,
    minted_by: IdView.nullable(),
    keys: z.array(ServiceAccountKeyView),
  })
  .meta({ id: 'ServiceAccount' });

/** Answer of `createServiceAccount`. */
export const CreatedServiceAccountView = ServiceAccountView.extend({ key_id: IdView, ...privateKey }).meta({
  id: 'CreatedServiceAccount',
});

/** Query of `deleteServiceAccount`. */
export const ServiceAccountDeletion = z.strictObject({ cascade: cascadeInput(false) });

/** Query of `listServiceAccounts`. */
export const ServiceAccountQuery = z.strictObject({ ...pageQueryFields });

/** Answer of `listServiceAccounts`. */
export const ServiceAccountPage = pageView(ServiceAccountView).meta({ id: 'ServiceAccountPage' });
