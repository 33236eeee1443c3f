import { AppError } from '../../../kernel/errors/app-error.js';

/** Makes sure that UTF-8 bytes are JSON of whatever shape; nothing is said of names or depth. @throws AppError REQ_002 */
export function requireJsonText(bytes: Buffer): void {
  try {
    JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new AppError('REQ_002', { detail: 'The text is not valid JSON.', cause: error });
  }
}
