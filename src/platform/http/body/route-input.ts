import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';

/** Which parts of a request a route handler takes, as its parameter decorators say. */
export interface RouteInput {
  readonly body: boolean;
  readonly query: boolean;
}

const known = new WeakMap<object, RouteInput>();

/** Reads the parameter decorators of a handler; remembered, because it is asked on every request. */
export function routeInput(controller: object, handler: { name: string }): RouteInput {
  let input = known.get(handler);
  if (!input) {
    const parameters = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handler.name) as object | undefined;
    const kinds = new Set(Object.keys(parameters ?? {}).map((key) => Number(key.split(':')[0])));
    input = { body: kinds.has(RouteParamtypes.BODY), query: kinds.has(RouteParamtypes.QUERY) };
    known.set(handler, input);
  }
  return input;
}
