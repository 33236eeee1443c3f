import { defineEntity, p } from '@mikro-orm/core';

const OAuthSigningKeySchema = defineEntity({
  name: 'OAuthSigningKey',
  tableName: 'oauth_signing_keys',
  properties: {
    id: p.uuid().primary(),
    /** PKCS#8 in DER, sealed. */
    privateKeySealed: p.text(),
    createdAt: p.datetime(),
    /** Published before, so that whoever checks its signatures knows it by then. */
    signsFrom: p.datetime(),
    /** When nothing that it has signed can be alive any more; null: no other takes its place yet. */
    publishedUntil: p.datetime().nullable(),
  },
});

/** A key of this server, with which it signs ID tokens and JWT access tokens; all replicas share it. */
export class OAuthSigningKey extends OAuthSigningKeySchema.class {}
OAuthSigningKeySchema.setClass(OAuthSigningKey);
export { OAuthSigningKeySchema };
