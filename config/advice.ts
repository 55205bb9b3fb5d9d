import type { ConfigWarning } from './errors';
import type { TenantFile } from './schema';
import type { ResolvedSecret } from './secret-reference';
import { isExposed } from './web-address';

type Advice = Omit<ConfigWarning, 'file'>;

/** What a checked file says that works, but that its author may regret. */
export function adviseOn({ confluence, unique, processing }: TenantFile): readonly Advice[] {
  return [
    ...adviseOnAddresses(confluence, unique),
    ...adviseOnSecrets(confluence, unique),
    ...(unique.ingestionConfig == null
      ? []
      : [{ path: 'unique.ingestionConfig', message: 'has no effect; ingestion.pageIngestionConfig is what is sent' }]),
    ...processing.scanIntervalCron.warnings.map((message) => ({ path: 'processing.scanIntervalCron', message })),
  ];
}

function adviseOnAddresses(confluence: TenantFile['confluence'], unique: TenantFile['unique']): readonly Advice[] {
  const addresses = {
    'confluence.baseUrl': confluence.baseUrl,
    ...(confluence.instanceType === 'cloud' && { 'confluence.apiUrl': confluence.apiUrl }),
    'unique.ingestionServiceBaseUrl': unique.ingestionServiceBaseUrl,
    'unique.scopeManagementServiceBaseUrl': unique.scopeManagementServiceBaseUrl,
    ...(unique.serviceAuthMode === 'external' && { 'unique.zitadelOauthTokenUrl': unique.zitadelOauthTokenUrl }),
  };
  const exposed = Object.entries(addresses).filter(([, address]) => isExposed(address));
  const message = 'is plain http: credentials and pages can be read on their way; write https';
  const doubled = confluence.instanceType === 'cloud' && confluence.baseUrl.endsWith('/wiki');
  return [
    ...exposed.map(([path]) => ({ path, message })),
    ...(doubled
      ? [
          {
            path: 'confluence.baseUrl',
            message: 'ends in /wiki, which is added on Cloud anyway: links would have it twice',
          },
        ]
      : []),
  ];
}

function adviseOnSecrets({ auth }: TenantFile['confluence'], unique: TenantFile['unique']): readonly Advice[] {
  const secrets: Readonly<Record<string, ResolvedSecret>> = {
    ...(auth.mode === 'oauth_2lo' && { 'confluence.auth.clientSecret': auth.clientSecret }),
    ...(auth.mode === 'pat' && { 'confluence.auth.token': auth.token }),
    ...(auth.mode === 'basic' && {
      'confluence.auth.username': auth.username,
      'confluence.auth.password': auth.password,
    }),
    ...(unique.serviceAuthMode === 'external' && {
      'unique.zitadelProjectId': unique.zitadelProjectId,
      'unique.zitadelClientSecret': unique.zitadelClientSecret,
    }),
  };
  const message =
    'stands in the file itself, readable for everyone who reads the file; write os.environ/NAME or file:/path';
  return Object.entries(secrets)
    .filter(([, { isLiteral }]) => isLiteral)
    .map(([path]) => ({ path, message }));
}
