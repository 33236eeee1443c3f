import type { INestApplication } from '@nestjs/common';

type Matcher = (path: string) => object | false;

/** What stands in Express's router for one route: the router alone knows its own patterns. */
export interface RouteLayer {
  readonly route: { readonly path: unknown; readonly methods: Readonly<Record<string, boolean>> };
  /** One a pattern of the route; the first that matches counts. */
  matchers: Matcher[];
  match(path: string): object | false;
}

/** The routes of an application in the order in which they are tried. */
export function routeLayers(app: INestApplication): RouteLayer[] {
  const { router } = app.getHttpAdapter().getInstance() as {
    router: { stack: (RouteLayer | { route?: undefined })[] };
  };
  return router.stack.filter((layer): layer is RouteLayer => layer.route !== undefined);
}
