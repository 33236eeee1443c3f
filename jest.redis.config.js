// Specs that need a redis-server on the machine; `npm run test:redis`.
import config from './jest.config.js';

const http = config.projects.find(({ displayName }) => displayName === 'http');

export default {
  ...config,
  projects: [{ ...http, displayName: 'redis', roots: ['<rootDir>/test/redis'], testPathIgnorePatterns: [] }],
};
