// Two projects in one run: unit specs (kernel and pure parts, beside what they test) and the specs under test/,
// which speak HTTP to the built application and never import it.
const transform = {
  '^.+\\.ts$': [
    '@swc/jest',
    {
      swcrc: false,
      jsc: {
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true },
        target: 'es2024',
        keepClassNames: true,
      },
      module: { type: 'es6' },
      sourceMaps: 'inline',
    },
  ],
};

const project = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform,
};

export default {
  maxWorkers: 2,
  // generous: a test waits for events, and a busy machine is no failure
  testTimeout: 60_000,
  projects: [
    {
      ...project,
      displayName: 'unit',
      rootDir: '.',
      roots: ['<rootDir>/src'],
      testRegex: '\\.spec\\.ts$',
      setupFiles: ['<rootDir>/test/support/declarations.ts'],
    },
    {
      ...project,
      displayName: 'http',
      rootDir: '.',
      roots: ['<rootDir>/test'],
      testRegex: '\\.spec\\.ts$',
      // need a redis-server or Chromium: jest.redis.config.js, jest.browser.config.js
      testPathIgnorePatterns: ['<rootDir>/test/redis/', '<rootDir>/test/browser/'],
      globalSetup: '<rootDir>/test/support/global-setup.ts',
      globalTeardown: '<rootDir>/test/support/global-teardown.ts',
    },
  ],
};
