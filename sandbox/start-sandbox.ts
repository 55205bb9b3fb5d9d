import { AccessTokens } from './access-tokens';
import { controlRoutes } from './admin/routes';
import { cloudFallback, cloudRoutes, mediaRoutes } from './confluence/cloud/routes';
import type { Cloud } from './confluence/cloud/cloud';
import { ContentSearch } from './confluence/content-search';
import type { Addresses, ConfluenceContext } from './confluence/context';
import { dataCenterFallback, dataCenterRoutes } from './confluence/data-center/routes';
import { type Credentials, credentialsOf } from './credentials';
import { Faults } from './faults/faults';
import { RequestLog } from './request-log';
import type { ConfigSection, Sandbox, SandboxOptions } from './sandbox';
import { json } from './server/answers';
import type { Handler, Route } from './server/exchange';
import { Later } from './server/later';
import { type Listener, listen } from './server/listener';
import { Signer } from './signer';
import { believableSite } from './site/believable-site';
import { defaultSwitches } from './switches';
import { TenantFile } from './tenant-file';
import { UniquePlatform } from './unique/platform';
import { uniqueFallback, uniqueRoutes } from './unique/routes';

/**
 * Starts an emulated Confluence and an emulated Unique on 127.0.0.1.
 *
 * @throws {SandboxPortInUseError} when `port`, or one of the two after it, is taken
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { flavor, port = 0, keepBytes = true } = options;
  const tenant = options.tenant ?? `sandbox-${flavor}`;
  const serviceAuthMode = options.serviceAuthMode ?? (flavor === 'cloud' ? 'external' : 'cluster_local');
  const confluenceAuth = options.confluenceAuth ?? (flavor === 'cloud' ? 'oauth_2lo' : 'pat');
  const contextPath = flavor === 'cloud' ? '/wiki' : (options.contextPath ?? '/confluence');
  const site = options.site ?? believableSite(flavor);
  const switches = defaultSwitches(flavor);
  const credentials = credentialsOf(tenant);
  const unique = new UniquePlatform(switches, credentials, keepBytes);
  site.index.lagMs = () => switches.indexLagMs;

  const shared = { faults: new Faults(), requests: new RequestLog(), later: new Later() };
  const addresses: Addresses = { confluence: '', media: '', unique: '' };
  const confluence = confluenceServers({ flavor, site, switches, addresses, contextPath }, credentials);
  const control = controlRoutes({ site, unique, switches, ...shared });
  const tokens = new AccessTokens(unique.clock, () => switches.tokenLifetimeMs);
  const uniqueAccess = { mode: serviceAuthMode, credentials, addresses, tokens };

  const listeners: Listener[] = [];
  const close = async () => {
    shared.later.cancel();
    await Promise.all(listeners.map((listener) => listener.close()));
  };
  const open = async (offset: number, routes: readonly Route[], otherwise: Handler): Promise<string> => {
    const listener = await listen(port === 0 ? 0 : port + offset, routes, otherwise, shared);
    listeners.push(listener);
    return `http://127.0.0.1:${listener.port}`;
  };
  try {
    const origin = await open(0, [...confluence.routes, ...control], confluence.otherwise);
    addresses.confluence = flavor === 'cloud' ? origin : `${origin}${contextPath}`;
    addresses.media = await open(1, confluence.mediaRoutes, () => json(404, { title: 'Not Found' }));
    addresses.unique = await open(2, uniqueRoutes(unique, uniqueAccess), uniqueFallback);
  } catch (error) {
    await close();
    throw error;
  }

  const tenantFile = new TenantFile({
    flavor,
    tenant,
    serviceAuthMode,
    confluenceAuth,
    addresses,
    credentials,
    rootScopeId: unique.rootScopeId,
  });
  return {
    flavor,
    tenant,
    confluenceUrl: addresses.confluence,
    apiUrl: addresses.confluence,
    mediaUrl: addresses.media,
    uniqueUrl: addresses.unique,
    site,
    unique,
    faults: shared.faults,
    requests: shared.requests,
    switches,
    environment: tenantFile.environment,
    tenantConfig: (overrides: ConfigSection = {}) => tenantFile.config(overrides),
    writeTenantFile: (directory: string, overrides: ConfigSection = {}) => tenantFile.write(directory, overrides),
    close,
  };
}

interface ConfluenceServers {
  readonly routes: readonly Route[];
  readonly mediaRoutes: readonly Route[];
  readonly otherwise: Handler;
}

function confluenceServers(context: ConfluenceContext, credentials: Credentials): ConfluenceServers {
  const { flavor, site, switches } = context;
  const search = new ContentSearch(context);
  const tokens = new AccessTokens(site.clock, () => switches.tokenLifetimeMs);
  const server = { ...context, search, tokens, credentials };
  if (flavor === 'data-center') {
    return { routes: dataCenterRoutes(server), mediaRoutes: [], otherwise: dataCenterFallback(server) };
  }
  const cloud: Cloud = { ...server, signer: new Signer(site.clock) };
  return { routes: cloudRoutes(cloud), mediaRoutes: mediaRoutes(cloud), otherwise: cloudFallback(cloud) };
}
