/**
 * SHA-256 of a row `e` of the trail: of the text that PostgreSQL prints for a JSON array of its columns. No two rows
 * have the same text, and `jsonb` prints equal values alike.
 */
export const ROW_DIGEST = `
  sha256(convert_to(jsonb_build_array(
    e.id, (extract(epoch from e.occurred_at) * 1000)::bigint, e.type, e.owner_id, e.actor_kind, e.actor_id,
    e.actor_user_id, e.ip, e.request_id, e.data)::text, 'UTF8'))`;
