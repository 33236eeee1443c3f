import { AppError } from '../../kernel/errors/app-error.js';
import { CLOCK_TOLERANCE_SECONDS } from '../../kernel/signing/is-within-clock-window.js';
import { printTime } from '../http/index.js';

/** The refusal of a signature that is too old or too new: tells the server's time and how far apart the clocks are. */
export function clockRefusal(signedSeconds: number, nowMs: number): AppError {
  const nowSeconds = Math.floor(nowMs / 1000);
  const skewSeconds = signedSeconds - nowSeconds;
  const direction = skewSeconds < 0 ? 'behind' : 'ahead of';
  return new AppError('AUTH_011', {
    detail:
      `The signature is ${Math.abs(skewSeconds)} s ${direction} the server's clock; ${CLOCK_TOLERANCE_SECONDS} s are allowed. ` +
      `The server's time is ${nowSeconds} (${printTime(new Date(nowMs))}).`,
  });
}
