import { type DynamicModule, Global, Module } from '@nestjs/common';
import { MikroORM } from '@mikro-orm/postgresql';
import { Database } from './database.js';
import { DatabaseClock } from './database-clock.js';
import { LISTEN_URL } from './listen-url.js';

/** Makes the opened database available everywhere. */
@Global()
@Module({})
export class DatabaseModule {
  static forRoot(orm: MikroORM, listenUrl: string): DynamicModule {
    return {
      module: DatabaseModule,
      providers: [
        { provide: MikroORM, useValue: orm },
        { provide: LISTEN_URL, useValue: listenUrl },
        Database,
        DatabaseClock,
      ],
      exports: [Database, DatabaseClock, MikroORM, LISTEN_URL],
    };
  }
}
