import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import type { Principal } from '../../kernel/access/principal.js';
import type { SignatureScheme } from '../../kernel/access/signature-policy.js';
import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { CLOCK_TOLERANCE_SECONDS } from '../../kernel/signing/is-within-clock-window.js';
import { CLOCK } from '../clock/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { bodyLimitOf, JsonReader } from '../http/body/index.js';
import { isPublicRoute } from '../access/index.js';
import { NonceStore } from './nonces/index.js';
import { presentedScheme } from './presented-scheme.js';
import type { SignatureInputs, VerifiedSignature } from './signature-inputs.js';
import { signatureRefusal } from './signature-refusal.js';
import { SigningSecrets } from './signing-secrets.js';
import { verifyHeaderSignature } from './verify-header-signature.js';
import { verifyMessageSignature } from './verify-message-signature.js';

/**
 * How long a nonce is remembered: a signature may be accepted from one end of the clock window to the other, and the
 * clocks of two servers may differ by a minute.
 */
const NONCE_TTL_MS = (2 * CLOCK_TOLERANCE_SECONDS + 60) * 1000;

const VERIFY: Readonly<Record<SignatureScheme, (inputs: SignatureInputs) => Promise<VerifiedSignature>>> = {
  v1: verifyHeaderSignature,
  rfc9421: verifyMessageSignature,
};

/** Checks signed requests, once it is known who calls. An unsigned one passes unless its key demands a signature. */
@Injectable()
export class SignatureGuard implements CanActivate {
  private readonly scheme: 'http' | 'https';

  constructor(
    private readonly secrets: SigningSecrets,
    private readonly nonces: NonceStore,
    private readonly reader: JsonReader,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.scheme = config.publicUrl.startsWith('https:') ? 'https' : 'http';
  }

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request>();
    const { principal } = request.context;
    if (!principal) return true;
    request.context.check = 'signature';
    try {
      const scheme = presentedScheme(request.headers);
      assertAdmitted(principal, scheme);
      return (
        scheme === null || this.verify(context, principal, scheme).catch((error: unknown) => disregard(error, context))
      );
    } catch (error) {
      return disregard(error, context);
    }
  }

  private async verify(context: ExecutionContext, principal: Principal, scheme: SignatureScheme): Promise<boolean> {
    const nowMs = this.clock.now();
    const { nonce } = await VERIFY[scheme]({
      request: context.switchToHttp().getRequest<Request>(),
      credentialId: principal.credentialId,
      nowMs,
      scheme: this.scheme,
      bodyLimitBytes: bodyLimitOf(context.getHandler(), this.config.bodyLimitBytes),
      loadSecret: () => this.secrets.of(principal),
      readJson: (bytes) => this.reader.readSigned(principal.userId, bytes),
    });
    // last of all: a signature that does not verify must not be able to burn a nonce
    if (!(await this.nonces.spend(principal.credentialId, nonce, nowMs + NONCE_TTL_MS))) throw new AppError('AUTH_012');
    return true;
  }
}

/** Where nobody needs a credential, one whose signature is no good counts as none. @throws the refusal anywhere else */
function disregard(refusal: unknown, context: ExecutionContext): true {
  const isOfSignature = refusal instanceof AppError && (refusal.code === 'AUTH_011' || refusal.code === 'AUTH_012');
  if (!isOfSignature || !isPublicRoute(context.getHandler())) throw refusal;
  Object.assign(context.switchToHttp().getRequest<Request>().context, { principal: null, disregarded: refusal });
  return true;
}

/** @throws AppError AUTH_011 if the credential cannot sign, or demands a signature or a stronger one */
function assertAdmitted({ kind, signaturePolicy }: Principal, scheme: SignatureScheme | null): void {
  if (scheme === null) {
    if (signaturePolicy?.isRequired) throw signatureRefusal('This API key demands that its requests are signed.');
    return;
  }
  if (kind !== 'api_key') {
    throw signatureRefusal('Only requests with an API key are signed; send the signature headers beside X-API-Key.');
  }
  if (scheme === 'v1' && signaturePolicy?.minimum === 'rfc9421') {
    throw signatureRefusal('This API key demands HTTP message signatures (RFC 9421).');
  }
}
