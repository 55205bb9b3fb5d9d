import type { Faults } from './faults/faults';
import type { RequestLog } from './request-log';
import type { Site } from './site/site';
import type { Flavor, Switches } from './switches';
import type { UniquePlatform } from './unique/platform';

/** How the sandbox's Unique is talked to: inside its cluster by headers, or from outside by a Zitadel token. */
export type ServiceAuthMode = 'cluster_local' | 'external';

/** How the sandbox's Confluence wants to be talked to. */
export type ConfluenceAuth = 'oauth_2lo' | 'pat' | 'basic';

/** What to emulate; only the flavor is required. */
export interface SandboxOptions {
  readonly flavor: Flavor;
  /**
   * Port of Confluence; Cloud's media host listens on the next one, Unique on the one after it. `0` takes free ports.
   * @default 0
   */
  readonly port?: number;
  /** @default 'sandbox-cloud' or 'sandbox-data-center' */
  readonly tenant?: string;
  /** @default believableSite(flavor) */
  readonly site?: Site;
  /**
   * Data Center only; begins with a slash, or is empty.
   * @default '/confluence'
   */
  readonly contextPath?: string;
  /** @default 'external' for Cloud, 'cluster_local' for Data Center */
  readonly serviceAuthMode?: ServiceAuthMode;
  /** @default 'oauth_2lo' for Cloud, 'pat' for Data Center */
  readonly confluenceAuth?: ConfluenceAuth;
  /**
   * `false` keeps only size and SHA-256 of uploads, so that a benchmark measures the sync and not this process's memory.
   * @default true
   */
  readonly keepBytes?: boolean;
}

/** A running sandbox: real servers on 127.0.0.1, and their state for looking into and changing. */
export interface Sandbox {
  readonly flavor: Flavor;
  readonly tenant: string;
  /** `confluence.baseUrl` of the tenant file: with the context path on Data Center, the site without `/wiki` on Cloud. */
  readonly confluenceUrl: string;
  /** Cloud: `confluence.apiUrl`, in front of `/oauth/token` and `/ex/confluence/{cloudId}`; Data Center: the same as `confluenceUrl`. */
  readonly apiUrl: string;
  /** Origin of Cloud's media host; listens on Data Center, too, but nothing leads there. */
  readonly mediaUrl: string;
  /** Origin of Unique: ingestion is at `/ingestion`, scope management at `/scope-management`. */
  readonly uniqueUrl: string;
  readonly site: Site;
  readonly unique: UniquePlatform;
  readonly faults: Faults;
  readonly requests: RequestLog;
  /** Changes take effect with the next request. */
  readonly switches: Switches;
  /** Variables behind the `os.environ/NAME` of `tenantConfig()`. */
  readonly environment: Readonly<Record<string, string>>;

  /** The tenant's configuration as a plain object; `overrides` are laid over it, section by section, `undefined` takes a key away. */
  tenantConfig(overrides?: ConfigSection): ConfigSection;

  /**
   * Writes `{tenant}-tenant-config.yaml` into `directory` (made if need be), secrets in files beside it that only the owner can read.
   *
   * @returns the path of the tenant file
   */
  writeTenantFile(directory: string, overrides?: ConfigSection): Promise<string>;

  /** Ends listeners and open connections; what was still to happen later does not happen. */
  close(): Promise<void>;
}

/** A part of a tenant file: keys with plain values, lists or further sections. */
export interface ConfigSection {
  readonly [key: string]: unknown;
}

/** Thrown when another program listens on a port that the sandbox was told to use. */
export class SandboxPortInUseError extends Error {
  override readonly name = 'SandboxPortInUseError';

  constructor(readonly port: number) {
    super(
      `Port ${port} is in use by another program, so the sandbox did not start. Choose another port (three in a row must be free), or 0 for free ones.`,
    );
  }
}
