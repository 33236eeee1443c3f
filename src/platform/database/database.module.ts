import { type DynamicModule, Global, Module } from '@nestjs/common';
import { MikroORM } from '@mikro-orm/postgresql';
import { Database } from './database.js';

/** Makes the opened database available everywhere. */
@Global()
@Module({})
export class DatabaseModule {
  static forRoot(orm: MikroORM): DynamicModule {
    return {
      module: DatabaseModule,
      providers: [{ provide: MikroORM, useValue: orm }, Database],
      exports: [Database, MikroORM],
    };
  }
}
