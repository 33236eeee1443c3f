import { Injectable } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { Requirement } from '../../kernel/access/authorize.js';
import { REQUIREMENT } from './requirement.decorator.js';

/** One route handler of the application and what it declares. */
export interface Route {
  /** `KeysController.create`, for messages. */
  readonly name: string;
  readonly handler: object;
  readonly requirement: Requirement | undefined;
}

/** The routes of the running application, read from its controllers. */
@Injectable()
export class Routes {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  list(): Route[] {
    return this.discovery.getControllers().flatMap(({ metatype, name }) => {
      const prototype = (metatype as { prototype: Record<string, object> } | null)?.prototype;
      if (!prototype) return [];
      return this.scanner
        .getAllMethodNames(prototype)
        .map((method) => ({ method, handler: prototype[method] }))
        .filter(({ handler }) => handler && Reflect.hasMetadata(METHOD_METADATA, handler))
        .filter(({ handler }) => Reflect.hasMetadata(PATH_METADATA, handler as object))
        .map(({ method, handler }) => ({
          name: `${name}.${method}`,
          handler: handler as object,
          requirement: Reflect.getMetadata(REQUIREMENT, handler as object) as Requirement | undefined,
        }));
    });
  }

  /** The application does not start with a route that says neither who may call it nor that anyone may. */
  assertAllDeclared(): void {
    const undeclared = this.list().filter(({ requirement }) => requirement === undefined);
    if (undeclared.length === 0) return;
    const names = undeclared.map(({ name }) => name).join(', ');
    throw new Error(`These routes declare neither @Public() nor @Requires(...): ${names}`);
  }
}
