import type { Request } from 'express';

/** The template of the route that Express has found, `/api/keys/:id`; null if no route has the path. */
export function routeTemplate(request: Request): string | null {
  const route = request.route as { path: unknown } | undefined;
  return route ? String(route.path) : null;
}
