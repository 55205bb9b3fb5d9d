import type { Secret } from './secret';

/**
 * One tenant as the rest of the program sees it: a Confluence instance, a root scope in Unique and how to sync them.
 *
 * Every default is filled in, every number is a number, every switch a boolean; what may be absent is absent on purpose.
 */
export interface TenantConfig {
  /** Lower-case letters, digits and single dashes; comes from the file's name. */
  readonly tenant: string;
  /** Absolute path of the file it was read from. */
  readonly file: string;
  /** `inactive`: validated, not synced. `deleted`: what it put into Unique is to be removed. */
  readonly status: 'active' | 'inactive' | 'deleted';
  readonly confluence: ConfluenceConfig;
  readonly unique: UniqueConfig;
  readonly processing: ProcessingConfig;
  readonly ingestion: IngestionConfig;
  readonly deletion: DeletionConfig;
  readonly verify: VerifyConfig;
  readonly schedule: ScheduleConfig;
}

/** The Confluence side of a tenant. */
export interface ConfluenceConfig {
  readonly instanceType: 'cloud' | 'data-center';
  /** Where people open Confluence; no trailing slash; on Data Center it may have a context path. */
  readonly baseUrl: string;
  /** Present exactly when `instanceType` is `cloud`. */
  readonly cloudId?: string;
  /** Host of the token endpoint and of `/ex/confluence/{cloudId}`; on Data Center the same as `baseUrl`. */
  readonly apiUrl: string;
  readonly auth: ConfluenceAuth;
  readonly apiRateLimitPerMinute: number;
  /** Pages with this label are synced, each alone. */
  readonly ingestSingleLabel: string;
  /** Pages with this label are synced together with everything below them. */
  readonly ingestAllLabel: string;
}

/** How we prove to Confluence who we are. Cloud knows `oauth_2lo` only. */
export type ConfluenceAuth =
  | { readonly mode: 'oauth_2lo'; readonly clientId: string; readonly clientSecret: Secret }
  | { readonly mode: 'pat'; readonly token: Secret }
  | { readonly mode: 'basic'; readonly username: Secret; readonly password: Secret };

/** The Unique side of a tenant. */
export interface UniqueConfig {
  readonly auth: UniqueAuth;
  readonly ingestionServiceBaseUrl: string;
  readonly scopeManagementServiceBaseUrl: string;
  /** GraphQL and file diff calls; uploads do not count. */
  readonly apiRateLimitPerMinute: number;
  /** Registrations and finalizations that travel in one GraphQL request; 1 switches batching off. */
  readonly batchSize: number;
}

/** How we prove to Unique who we are: by headers inside its cluster, by a Zitadel service user from outside. */
export type UniqueAuth =
  | {
      readonly mode: 'cluster_local';
      /** Names in lower case; holds at least `x-company-id` and `x-user-id`. */
      readonly extraHeaders: Readonly<Record<string, string>>;
    }
  | {
      readonly mode: 'external';
      readonly zitadelOauthTokenUrl: string;
      readonly zitadelProjectId: Secret;
      readonly zitadelClientId: string;
      readonly zitadelClientSecret: Secret;
    };

/** How much a sync does at a time, and when. */
export interface ProcessingConfig {
  /** Transfers in flight. */
  readonly concurrency: number;
  /** Exactly five fields, in the dialect of Temporal's server, separated by one space each. */
  readonly scanIntervalCron: string;
  /** Absent means unlimited. A listing cut by it never leads to a removal. */
  readonly maxItemsToScan?: number;
}

/** What is ingested, and in which form. */
export interface IngestionConfig {
  /** Unique's id of the root scope. */
  readonly scopeId: string;
  readonly storeInternally: boolean;
  /** Keys without the tenant's name, as early versions of Unique's own connector wrote them. */
  readonly useV1KeyFormat: boolean;
  readonly attachments: {
    readonly enabled: boolean;
    readonly imageOcr: boolean;
    /** Lower case, without parameters. */
    readonly allowedMimeTypes: readonly string[];
    /** Inclusive: a file of exactly this size is ingested. */
    readonly maxFileSizeBytes: number;
  };
  /** Passed to Unique unchanged with every page. */
  readonly pageIngestionConfig?: Readonly<Record<string, unknown>>;
  /** Images become part of their page instead of contents of their own: `pageIngestionConfig` asks for it, and attachments are on. */
  readonly imageInlining: boolean;
}

/** When removals are carried out and when they wait for a person. */
export interface DeletionConfig {
  /** Percent of what is stored for a space (0 to 100); more removals than that need an approval. */
  readonly maxShare: number;
  /** Up to this many removals never need an approval. */
  readonly minItems: number;
  /** How long an item that is not found must stay so before it is removed. */
  readonly graceMinutes: number;
}

/** How the platform's own processing is watched after an ingestion. */
export interface VerifyConfig {
  /** Longest wait for the platform within one sync. */
  readonly waitMinutes: number;
  /** A space is compared with the platform at least this often even if nothing changed. */
  readonly compareHours: number;
  /** How long a request of a dead run may still be on its way. */
  readonly doubtMinutes: number;
}

/** The Temporal Schedule of a tenant. */
export interface ScheduleConfig {
  readonly enabled: boolean;
  /** IANA name in its exact spelling, which Temporal's server insists on. */
  readonly timezone: string;
}
