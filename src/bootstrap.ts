import type { Server } from 'node:http';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { MikroORM } from '@mikro-orm/postgresql';
import { AppModule, type AppParts } from './app.module.js';
import { ENTITIES } from './entities.js';
import { type Clock, SystemClock } from './kernel/clock.js';
import { FirstAdministrator } from './modules/users/index.js';
import { InvalidationFeed, Routes } from './platform/access/index.js';
import { Denials } from './platform/audit/index.js';
import { ipcClock } from './platform/clock/index.js';
import { type Config, readSecrets } from './platform/config/index.js';
import { requestContext } from './platform/context/index.js';
import {
  beginRuntimeSession,
  Database,
  type DatabaseConnections,
  openDatabaseConnections,
  ormOptions,
} from './platform/database/index.js';
import { prepareDatabase } from './platform/schema/index.js';
import {
  answerHeaders,
  crossOrigin,
  HttpAdapter,
  methodsOfPath,
  refuseBrokenRequests,
  singleHeaders,
} from './platform/http/index.js';
import { bodyDeadline } from './platform/http/body/index.js';
import { serveDocs } from './platform/openapi/index.js';
import { ProblemFilter } from './platform/http/problem/index.js';
import { createLog, LOG, type Log, NestLog } from './platform/log/index.js';
import { FinishedRequests, measureRequests, Metrics, requestLog, serveMetrics } from './platform/telemetry/index.js';
import { Workers } from './platform/work/index.js';
import { RateLimits } from './platform/limits/index.js';

/** How often connections that have fallen idle are closed while the server drains, in milliseconds. */
const IDLE_SWEEP_MS = 50;

/** Something that runs until it is stopped. */
export interface Running {
  readonly log: Log;
  stop(): Promise<void>;
}

/** A running server. */
export interface RunningApp extends Running {
  readonly app: NestExpressApplication;
  readonly config: Config;
  readonly connections: DatabaseConnections;
  /** Where it listens, with the real port. */
  readonly url: string;
  /** Stops accepting, lets running requests end, then closes the database. */
  stop(): Promise<void>;
}

/** The application without its HTTP side, for commands. */
export interface AppContext {
  readonly app: INestApplicationContext;
  readonly connections: DatabaseConnections;
  close(): Promise<void>;
}

/** Builds and starts the application; every entry point and every test server goes through here. */
export async function startApp(config: Config, { withWorkers }: { withWorkers: boolean }): Promise<RunningApp> {
  const { parts, connections, close } = await openParts(config);
  let app: NestExpressApplication | undefined;
  try {
    app = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(parts), new HttpAdapter(), {
      bodyParser: false,
      logger: new NestLog(parts.log),
      abortOnError: false,
    });
    configureHttp(app, parts);
    await app.init();
    app.get(Routes).assertAllDeclared();
    await app.get(FirstAdministrator).ensure();
    await app.listen(config.port, config.host);
    app.get(InvalidationFeed).start();
    if (withWorkers) app.get(Workers).start();
    const started = app;
    return {
      app: started,
      log: parts.log,
      config,
      connections,
      url: addressOf(started.getHttpServer(), config.host),
      stop: async () => {
        await drain(started);
        await close();
      },
    };
  } catch (error) {
    // what has begun by itself (timers, flushes) ends before the database that it uses
    await app?.close();
    await close();
    throw error;
  }
}

/** Lets running requests end. Connections that fall idle meanwhile are closed, or their clients would keep us waiting. */
async function drain(app: NestExpressApplication): Promise<void> {
  const server = app.getHttpServer();
  const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS);
  try {
    await app.close();
  } finally {
    clearInterval(sweep);
  }
}

/** Starts the background work without the HTTP side. */
export async function startWorkers(config: Config): Promise<Running> {
  const context = await openContext(config);
  context.app.get(Workers).start();
  return { log: context.app.get<Log>(LOG), stop: () => context.close() };
}

/** Builds the application for a command of the command line. */
export async function openContext(config: Config): Promise<AppContext> {
  const { parts, connections, close } = await openParts(config);
  const app = await NestFactory.createApplicationContext(AppModule.forRoot(parts), {
    logger: new NestLog(parts.log),
    abortOnError: false,
  });
  return {
    app,
    connections,
    close: async () => {
      await app.close();
      await close();
    },
  };
}

interface OpenedParts {
  readonly parts: AppParts;
  readonly connections: DatabaseConnections;
  /** Closes the database, after everything that uses it. */
  readonly close: () => Promise<void>;
}

/** Opens what the application is put together from; the database is migrated. */
async function openParts(config: Config): Promise<OpenedParts> {
  const log = createLog(config.logLevel);
  const secrets = readSecrets(config);
  const clock: Clock = config.clock === 'ipc' ? ipcClock(process) : new SystemClock();
  const connections = await openDatabaseConnections(config);
  try {
    const applied = await prepareDatabase(connections.ownerUrl, ENTITIES);
    if (applied.length > 0) log.info({ migrations: applied }, 'database migrated');
    const { runtimeUrl: url, listenUrl } = connections;
    const orm = await MikroORM.init(
      ormOptions({
        url,
        entities: ENTITIES,
        poolSize: config.databasePoolSize,
        beginSession: (client) => beginRuntimeSession(client, config.databaseQueryTimeoutSeconds),
      }),
    );
    const close = async (): Promise<void> => {
      await orm.close(true);
      await connections.close();
    };
    return { parts: { config, secrets, clock, log, orm, listenUrl }, connections, close };
  } catch (error) {
    await connections.close();
    throw error;
  }
}

function configureHttp(app: NestExpressApplication, { config, clock, log }: AppParts): void {
  app.disable('x-powered-by');
  app.disable('etag');
  // Nest's adapter has made the router by now: the settings of these names would come too late
  const { router } = app.getHttpAdapter().getInstance() as { router: object };
  Object.assign(router, { caseSensitive: true, strict: true });
  const limits = app.get(RateLimits);
  const denials = app.get(Denials);
  const filter = new ProblemFilter(
    log,
    (path) => methodsOfPath(app, path),
    (request, response) => limits.countRefused(request, response),
    (refusal, request) => denials.record(refusal, request),
  );
  app.useGlobalFilters(filter);
  app.use(requestContext({ clock, trustedProxies: config.trustedProxies }));
  app.use(requestLog(log));
  app.use(app.get(FinishedRequests).middleware());
  app.use(bodyDeadline());
  configureMetrics(app, config, filter);
  app.use(answerHeaders(config));
  if (config.corsOrigins.length > 0) app.use(crossOrigin(config.corsOrigins));
  app.use(singleHeaders((...refused) => filter.answer(...refused)));
  refuseBrokenRequests(app.getHttpServer());
  if (config.docsEnabled) serveDocs(app, config.publicUrl);
}

/** In production there are metrics only for who has their token. */
function configureMetrics(app: NestExpressApplication, config: Config, filter: ProblemFilter): void {
  if (config.isProduction && config.metricsToken === null) return;
  const metrics = new Metrics(app.get(Database));
  app.use(measureRequests(metrics));
  serveMetrics(app, metrics, config.metricsToken, (...refused) => filter.answer(...refused));
}

function addressOf(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const name = host === '0.0.0.0' || host === '127.0.0.1' ? 'localhost' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}
