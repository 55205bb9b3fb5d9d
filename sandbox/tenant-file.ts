import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Addresses } from './confluence/context';
import type { Credentials } from './credentials';
import type { ConfigSection, ConfluenceAuth, ServiceAuthMode } from './sandbox';
import type { Flavor } from './switches';
import { toYaml } from './yaml';

/** What a tenant file is made from. */
export interface TenantFileOptions {
  readonly flavor: Flavor;
  readonly tenant: string;
  readonly serviceAuthMode: ServiceAuthMode;
  readonly confluenceAuth: ConfluenceAuth;
  readonly addresses: Addresses;
  readonly credentials: Credentials;
  readonly rootScopeId: string;
}

/** How a secret stands in the file: by the name of its variable, or by the path of the file that holds it. */
type SecretReference = (variable: string) => string;

/** The budget never slows a rehearsal down. */
const REQUESTS_PER_MINUTE = 600_000;
const OWNER_ONLY = 0o600;

/** The tenant file that lets a sync reach a sandbox. */
export class TenantFile {
  /** Variables behind the references of `config`. */
  readonly environment: Readonly<Record<string, string>>;

  constructor(private readonly options: TenantFileOptions) {
    this.environment = secrets(options);
  }

  /** The configuration, secrets by `os.environ/NAME`. */
  config(overrides: ConfigSection): ConfigSection {
    return this.build((variable) => `os.environ/${variable}`, overrides);
  }

  /** Writes the configuration as YAML, secrets by `file:/path`; gives the path. */
  async write(directory: string, overrides: ConfigSection): Promise<string> {
    const { tenant } = this.options;
    const folder = resolve(directory);
    await mkdir(folder, { recursive: true });
    const pathOf: SecretReference = (variable) => join(folder, `${tenant}-${variable.toLowerCase()}.secret`);
    for (const [variable, secret] of Object.entries(this.environment)) {
      await writeFile(pathOf(variable), secret, { mode: OWNER_ONLY });
    }
    const path = join(folder, `${tenant}-tenant-config.yaml`);
    const config = this.build((variable) => `file:${pathOf(variable)}`, overrides);
    await writeFile(path, `# A sandbox: emulated Confluence and Unique.\n${toYaml(config)}`);
    return path;
  }

  private build(secret: SecretReference, overrides: ConfigSection): ConfigSection {
    const config: ConfigSection = {
      status: 'active',
      confluence: this.confluence(secret),
      unique: this.unique(secret),
      processing: { concurrency: 8, scanIntervalCron: '*/15 * * * *' },
      ingestion: { ingestionMode: 'flat', scopeId: this.options.rootScopeId },
    };
    return merge(config, overrides);
  }

  private confluence(secret: SecretReference): ConfigSection {
    const { flavor, addresses, credentials } = this.options;
    const cloud = { cloudId: credentials.cloudId, apiUrl: addresses.confluence };
    return {
      instanceType: flavor,
      baseUrl: addresses.confluence,
      ...(flavor === 'cloud' ? cloud : {}),
      auth: this.auth(secret),
      apiRateLimitPerMinute: REQUESTS_PER_MINUTE,
      ingestSingleLabel: 'ai-ingest',
      ingestAllLabel: 'ai-ingest-all',
    };
  }

  private auth(secret: SecretReference): ConfigSection {
    const { confluenceAuth: mode, credentials } = this.options;
    if (mode === 'pat') return { mode, token: secret('CONFLUENCE_PAT') };
    if (mode === 'basic') return { mode, username: credentials.username, password: secret('CONFLUENCE_PASSWORD') };
    return { mode, clientId: credentials.clientId, clientSecret: secret('CONFLUENCE_CLIENT_SECRET') };
  }

  private unique(secret: SecretReference): ConfigSection {
    const { serviceAuthMode, addresses, credentials } = this.options;
    const { companyId, userId } = credentials;
    const external = {
      zitadelOauthTokenUrl: `${addresses.unique}/oauth/v2/token`,
      zitadelProjectId: secret('ZITADEL_PROJECT_ID'),
      zitadelClientId: credentials.zitadelClientId,
      zitadelClientSecret: secret('ZITADEL_CLIENT_SECRET'),
    };
    const clusterLocal = { serviceExtraHeaders: { 'x-company-id': companyId, 'x-user-id': userId } };
    return {
      serviceAuthMode,
      ...(serviceAuthMode === 'external' ? external : clusterLocal),
      ingestionServiceBaseUrl: `${addresses.unique}/ingestion`,
      scopeManagementServiceBaseUrl: `${addresses.unique}/scope-management`,
      apiRateLimitPerMinute: REQUESTS_PER_MINUTE,
    };
  }
}

function secrets({ confluenceAuth, serviceAuthMode, credentials }: TenantFileOptions): Record<string, string> {
  const confluence = {
    oauth_2lo: { CONFLUENCE_CLIENT_SECRET: credentials.clientSecret },
    pat: { CONFLUENCE_PAT: credentials.personalAccessToken },
    basic: { CONFLUENCE_PASSWORD: credentials.password },
  }[confluenceAuth];
  if (serviceAuthMode === 'cluster_local') return { ...confluence };
  const { zitadelProjectId: ZITADEL_PROJECT_ID, zitadelClientSecret: ZITADEL_CLIENT_SECRET } = credentials;
  return { ...confluence, ZITADEL_PROJECT_ID, ZITADEL_CLIENT_SECRET };
}

function merge(base: ConfigSection, changes: ConfigSection): ConfigSection {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(changes)) {
    const old = merged[key];
    if (value === undefined) delete merged[key];
    else merged[key] = isSection(old) && isSection(value) ? merge(old, value) : value;
  }
  return merged;
}

function isSection(value: unknown): value is ConfigSection {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
