import { Module } from '@nestjs/common';
import { CONFIG, type Config } from '../../config/index.js';
import { JsonReader } from './json-reader.js';

const JSON_READER = { provide: JsonReader, inject: [CONFIG], useFactory: (config: Config) => new JsonReader(config) };

/** What reads the bodies of all routes. */
@Module({ providers: [JSON_READER], exports: [JsonReader] })
export class BodyModule {}
