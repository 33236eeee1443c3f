// The architecture's rules: who may import whom. Run by the tests; on its own: npx depcruise src
const MODULE_ARROWS = {
  users: [],
  mfa: ['users'],
  auth: ['users', 'mfa'],
  'api-keys': ['users'],
  'service-accounts': ['users'],
  oauth: ['users', 'auth', 'mfa', 'service-accounts'],
  compression: [],
  analytics: [],
  webhooks: [],
  audit: [],
  admin: ['users', 'auth', 'mfa', 'api-keys', 'service-accounts', 'oauth', 'audit'],
};

const arrows = Object.entries(MODULE_ARROWS).map(([name, targets]) => ({
  name: `module-arrows-${name}`,
  comment: `modules/${name} may use: ${targets.join(', ') || 'no other module'}`,
  severity: 'error',
  from: { path: `^src/modules/${name}/` },
  to: { path: '^src/modules/', pathNot: `^src/modules/(${[name, ...targets].join('|')})/` },
}));

/** The layers of platform, the lowest first: a folder imports only those before it. */
const PLATFORM_LAYERS = [
  'context',
  'log',
  'config',
  'clock',
  'database',
  'sealing',
  'threads',
  'work',
  'http',
  'audit',
  'events',
  'access',
  'minting',
  'signing',
  'limits',
  'metering',
  'csrf',
  'idempotency',
  'openapi',
  'status',
  'telemetry',
  'schema',
];

const layers = PLATFORM_LAYERS.map((name, position) => ({
  name: `platform-layer-${name}`,
  comment: `platform/${name} may use: ${PLATFORM_LAYERS.slice(0, position).join(', ') || 'no other folder of platform'}`,
  severity: 'error',
  from: { path: `^src/platform/${name}/` },
  to: { path: '^src/platform/', pathNot: `^src/platform/(${PLATFORM_LAYERS.slice(0, position + 1).join('|')})/` },
}));

module.exports = {
  forbidden: [
    {
      name: 'no-cycle',
      comment: 'a cycle has no first place to read, and breaks decorator metadata in ES modules',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'kernel-is-pure',
      comment: 'the kernel knows neither Nest nor the ORM nor any I/O',
      severity: 'error',
      from: { path: '^src/kernel/', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: '^src/kernel/|^(node:)?(crypto|buffer|net)$' },
    },
    {
      name: 'platform-below-modules',
      severity: 'error',
      from: { path: '^src/platform/' },
      to: { path: '^src/(modules/|[^/]+\\.ts$|commands/)' },
    },
    {
      name: 'known-layer',
      comment: 'a new folder of platform gets its place among the layers in this file first',
      severity: 'error',
      from: { path: '^src/platform/', pathNot: `^src/platform/(${PLATFORM_LAYERS.join('|')})/` },
      to: {},
    },
    {
      name: 'platform-index',
      comment: 'another folder of platform is entered by its index.ts, or by that of a folder in it',
      severity: 'error',
      from: { path: '^src/platform/([^/]+)/' },
      to: { path: '^src/platform/', pathNot: '^src/platform/($1/|[^/]+/index\\.ts$|[^/]+/[^/]+/index\\.ts$)' },
    },
    {
      name: 'platform-index-from-above',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/platform/' },
      to: { path: '^src/platform/', pathNot: '/index\\.ts$' },
    },
    {
      name: 'modules-below-app',
      severity: 'error',
      from: { path: '^src/modules/' },
      to: { path: '^src/([^/]+\\.ts$|commands/)' },
    },
    {
      name: 'module-index',
      comment: 'another module is entered by its index.ts',
      severity: 'error',
      from: { path: '^src/modules/([^/]+)/' },
      to: { path: '^src/modules/([^/]+)/', pathNot: '^src/modules/($1/|[^/]+/index\\.ts$)' },
    },
    {
      name: 'known-module',
      comment: 'a new module gets its arrows in this file first',
      severity: 'error',
      from: { path: '^src/modules/', pathNot: `^src/modules/(${Object.keys(MODULE_ARROWS).join('|')})/` },
      to: {},
    },
    ...layers,
    ...arrows,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
