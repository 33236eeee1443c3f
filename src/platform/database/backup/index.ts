export { BackupError } from './backup-error.js';
export { type BackupFile, openBackup, writeBackup } from './backup-file.js';
export { streamBaseBackup } from './base-backup.js';
export { unpackTar } from './unpack-tar.js';
