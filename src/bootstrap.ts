import type { Server } from 'node:http';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { MikroORM } from '@mikro-orm/postgresql';
import { AppModule, type AppParts } from './app.module.js';
import { drain } from './drain.js';
import { ENTITIES } from './entities.js';
import { type Clock, SystemClock } from './kernel/clock.js';
import { FirstAdministrator } from './modules/users/index.js';
import { InvalidationFeed, Routes } from './platform/access/index.js';
import { Denials } from './platform/audit/index.js';
import { ipcClock } from './platform/clock/index.js';
import { type Config, productionWarnings, readSecrets } from './platform/config/index.js';
import { requestContext } from './platform/context/index.js';
import {
  beginRuntimeSession,
  Database,
  type DatabaseConnections,
  openDatabaseConnections,
  ormOptions,
  requirePreparedStatements,
} from './platform/database/index.js';
import { ClockSkew } from './platform/status/index.js';
import { prepareDatabase } from './platform/schema/index.js';
import {
  answerHeaders,
  boundConnections,
  crossOrigin,
  cutStalledConnections,
  defaultConnectionsMax,
  HttpAdapter,
  methodsOfPath,
  preferLiteralPaths,
  refuseBrokenRequests,
  requestHead,
  setAnswerHeaders,
} from './platform/http/index.js';
import { bodyDeadline, holdContinue } from './platform/http/body/index.js';
import { serveDocs } from './platform/openapi/index.js';
import { ProblemFilter } from './platform/http/problem/index.js';
import { MasterKeyCheck } from './platform/sealing/index.js';
import { createLog, LOG, type Log, NestLog } from './platform/log/index.js';
import { FinishedRequests, measureRequests, Metrics, requestLog, serveMetrics } from './platform/telemetry/index.js';
import { Workers } from './platform/work/index.js';
import { RateLimits } from './platform/limits/index.js';
import { endWithoutDatabase, type Running } from './process-end.js';

/** A running server. */
export interface RunningApp extends Running {
  readonly app: NestExpressApplication;
  readonly config: Config;
  readonly connections: DatabaseConnections;
  /** Where it listens, with the real port. */
  readonly url: string;
  /** Takes itself off load balancers, lets running requests end, then closes the database. */
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
  const opened = await openParts(config);
  const adapter = new HttpAdapter();
  let app: NestExpressApplication | undefined;
  try {
    app = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(opened.parts), adapter, {
      bodyParser: false,
      logger: new NestLog(opened.parts.log),
      abortOnError: false,
    });
    configureHttp(app, opened.parts);
    await app.get(MasterKeyCheck).run();
    await app.init();
    preferLiteralPaths(app);
    app.get(Routes).assertAllDeclared();
    await app.get(FirstAdministrator).ensure();
    await app.listen(config.port, config.host);
    boundConnections(app.getHttpServer(), config.connectionsMax ?? defaultConnectionsMax(), opened.parts.log);
    app.get(InvalidationFeed).start();
    if (withWorkers) app.get(Workers).start();
    return runningApp(app, adapter, opened);
  } catch (error) {
    // what has begun by itself (timers, flushes) ends before the database that it uses
    await app?.close();
    await opened.close();
    throw error;
  }
}

function runningApp(app: NestExpressApplication, adapter: HttpAdapter, opened: OpenedParts): RunningApp {
  const { config, log } = opened.parts;
  const stopDelayMs = config.shutdownDelaySeconds * 1_000;
  return {
    app,
    log,
    config,
    connections: opened.connections,
    url: addressOf(app.getHttpServer(), config.host),
    stopDelayMs,
    stop: async () => {
      try {
        await drain(app, adapter, stopDelayMs);
      } finally {
        await opened.close();
      }
    },
  };
}

/** Starts the background work without the HTTP side. */
export async function startWorkers(config: Config): Promise<Running> {
  const context = await openContext(config);
  context.app.get(Workers).start();
  return { log: context.app.get<Log>(LOG), stopDelayMs: 0, stop: () => context.close() };
}

/** Builds the application for a command of the command line. */
export async function openContext(config: Config): Promise<AppContext> {
  const { parts, connections, close } = await openParts(config);
  let app: INestApplicationContext | undefined;
  const closeAll = async (): Promise<void> => {
    await app?.close();
    await close();
  };
  try {
    app = await NestFactory.createApplicationContext(AppModule.forRoot(parts), {
      logger: new NestLog(parts.log),
      abortOnError: false,
    });
    await app.get(MasterKeyCheck).run();
    return { app, connections, close: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
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
  for (const warning of productionWarnings(config)) log.warn({ setting: warning.split(':')[0] }, warning);
  const secrets = readSecrets(config);
  const clock: Clock = config.clock === 'ipc' ? ipcClock(process) : new SystemClock();
  const connections = await openDatabaseConnections(config, { log, lost: endWithoutDatabase });
  try {
    if (config.databaseUrl !== null) await requirePreparedStatements(config.databaseUrl);
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
  const metrics = metricsFor(app, config);
  if (metrics) app.use(measureRequests(metrics));
  const headers = answerHeaders(config);
  app.use(setAnswerHeaders(headers));
  app.use(requestHead((...refused) => filter.answer(...refused)));
  if (config.corsOrigins.length > 0) app.use(crossOrigin(config.corsOrigins));
  if (metrics) serveMetrics(app, metrics, config.metricsToken, (...refused) => filter.answer(...refused));
  refuseBrokenRequests(app.getHttpServer(), headers);
  cutStalledConnections(app.getHttpServer(), config.stallTimeoutSeconds * 1_000);
  holdContinue(app.getHttpServer());
  if (config.docsEnabled) serveDocs(app, config.publicUrl);
}

/** In production there are metrics only for who has their token. */
function metricsFor(app: NestExpressApplication, { isProduction, metricsToken }: Config): Metrics | null {
  if (isProduction && metricsToken === null) return null;
  const skew = app.get(ClockSkew);
  return new Metrics(app.get(Database), () => skew.seconds);
}

function addressOf(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const name = host === '0.0.0.0' || host === '127.0.0.1' ? 'localhost' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}
