import { ConfigurationError } from '../config/errors';
import { readEnvironment } from '../config/environment';
import { createLogger } from './logging';
import { startWorker } from './worker';

test('a worker whose proxy has a file that is missing does not begin', async () => {
  const environment = readEnvironment({
    PROXY_AUTH_MODE: 'no_auth',
    PROXY_HOST: 'proxy.example.com',
    PROXY_PORT: '3128',
    PROXY_PROTOCOL: 'http',
    PROXY_SSL_CA_BUNDLE_PATH: '/missing/ca.pem',
  });
  const temporal = { connectionOptions: { address: '127.0.0.1:1' }, namespace: 'default' };
  const started = startWorker({ environment, temporal, logger: createLogger({ logLevel: 'silent' }) });
  await expect(started).rejects.toThrow(ConfigurationError);
  await expect(started).rejects.toThrow('PROXY_SSL_CA_BUNDLE_PATH names /missing/ca.pem');
});
