import { type CanActivate, Injectable } from '@nestjs/common';
import { PasswordHasher } from './password-hasher.js';

/**
 * Refuses a request that is going to hash a password while too many wait for that, before it is validated: in a
 * crowd, the last refusal has to come soon. Who slips through is refused by the hasher itself.
 */
@Injectable()
export class HashingRoomGuard implements CanActivate {
  constructor(private readonly hasher: PasswordHasher) {}

  /** @throws AppError SRV_002 */
  canActivate(): boolean {
    this.hasher.assertRoom();
    return true;
  }
}
