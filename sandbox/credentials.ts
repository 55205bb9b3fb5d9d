import { createHash } from 'node:crypto';

/** What a sandbox accepts, made from the tenant's name, so that a tenant file outlives the sandbox that wrote it. */
export interface Credentials {
  readonly cloudId: string;
  /** `id` of Data Center's application manifest. */
  readonly instanceId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly personalAccessToken: string;
  readonly username: string;
  readonly password: string;
  readonly zitadelProjectId: string;
  readonly zitadelClientId: string;
  readonly zitadelClientSecret: string;
  readonly companyId: string;
  readonly userId: string;
}

/** The credentials of one tenant's sandbox. */
export function credentialsOf(tenant: string): Credentials {
  const derive = (purpose: string) => createHash('sha256').update(`${tenant}:${purpose}`).digest('hex');
  return {
    cloudId: uuid(derive('cloud')),
    instanceId: uuid(derive('instance')),
    clientId: 'sandbox-client',
    clientSecret: derive('client secret').slice(0, 40),
    personalAccessToken: derive('access token').slice(0, 44),
    username: 'sandbox-sync',
    // Not ASCII: whoever encodes Basic credentials as Latin-1 finds out here.
    password: `pässwörd-${derive('password').slice(0, 16)}`,
    zitadelProjectId: String(BigInt(`0x${derive('project').slice(0, 14)}`)),
    zitadelClientId: 'sandbox-sync@unique',
    zitadelClientSecret: derive('zitadel secret').slice(0, 40),
    companyId: 'company-sandbox',
    userId: 'user-sandbox-sync',
  };
}

function uuid(hex: string): string {
  const variant = `a${hex.slice(17, 20)}`;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}-${hex.slice(20, 32)}`;
}
