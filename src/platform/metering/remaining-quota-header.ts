/** Debug header that tells how many requests the caller has left. */
export const REMAINING_QUOTA_HEADER = 'X-Auth-Remaining-Quota';
