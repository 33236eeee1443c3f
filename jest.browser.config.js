// Specs that need Chromium on the machine; `npm run test:browser`.
import config from './jest.config.js';

const http = config.projects.find(({ displayName }) => displayName === 'http');

export default {
  ...config,
  maxWorkers: 1,
  testTimeout: 60_000,
  projects: [{ ...http, displayName: 'browser', roots: ['<rootDir>/test/browser'], testPathIgnorePatterns: [] }],
};
