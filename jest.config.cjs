'use strict';
const { temporalCliPath, temporalTestServerPath } = require('./scripts/temporal-binary.cjs');
const swcOptions = require('./scripts/swc-options.cjs');

// Tests read only these two variables; jest's workers inherit them. Set here and not only in `npm test`, so that
// `npx jest some/folder` finds the servers too.
const cli = temporalCliPath();
const testServer = temporalTestServerPath();
if (cli) process.env.TEMPORAL_CLI_PATH = cli;
if (testServer) process.env.TEMPORAL_TEST_SERVER_PATH = testServer;

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/dist/'],
  transform: { '^.+\\.ts$': ['@swc/jest', swcOptions] },
  testTimeout: 20_000,
  maxWorkers: 2,
  // Workers that loaded the SDK's native library and several bundles grow; a new one is cheaper than a swapping machine.
  workerIdleMemoryLimit: '1GB',
};
