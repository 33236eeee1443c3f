import { z } from 'zod';
import { PasswordInput } from '../users/index.js';

/** A code of the authenticator app, or a recovery code. */
export const MfaCodeInput = z
  .string()
  .min(1)
  .max(40)
  .meta({ description: 'Six digits of the authenticator app, or a recovery code.', examples: ['123456'] });

/** Body of `enableMfa`. */
export const MfaEnrolment = z.strictObject({ password: PasswordInput }).meta({ id: 'MfaEnrolment' });

/** Body of the operations that a code alone allows. */
export const MfaCode = z.strictObject({ code: MfaCodeInput }).meta({ id: 'MfaCode' });

/** Body of `disableMfa`. */
export const MfaRemoval = z.strictObject({ password: PasswordInput, code: MfaCodeInput }).meta({ id: 'MfaRemoval' });

/** Answer of `enableMfa`. */
export const MfaEnrolmentView = z
  .object({
    secret: z.string().meta({ description: 'Base32, to type into an app that cannot scan.' }),
    otpauth_url: z.string(),
    qr_code: z.string().meta({ description: '`otpauth_url` as a QR code: a PNG as a `data:` URL.' }),
  })
  .meta({ id: 'MfaSecret' });

/** Answer of `verifyMfa` and `renewRecoveryCodes`. */
export const RecoveryCodesView = z
  .object({ recovery_codes: z.array(z.string()).meta({ description: 'Each works once; shown only here.' }) })
  .meta({ id: 'RecoveryCodes' });

/** Answer of `getMfa`. */
export const MfaView = z.object({ enabled: z.boolean(), recovery_codes_left: z.int() }).meta({ id: 'Mfa' });
