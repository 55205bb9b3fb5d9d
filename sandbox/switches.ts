/** Which product a sandbox emulates. */
export type Flavor = 'cloud' | 'data-center';

/** Traps of the real products, and what tests want to set; may be changed while the sandbox runs. Times in milliseconds. */
export interface Switches {
  /** Cloud: v1 endpoints other than the search answer with deprecation headers, or are gone (410). */
  v1Removed: 'deprecated' | 'gone';
  /** Cloud: form of an attachment's `_links.download`. */
  downloadLink: 'legacy' | 'rest';
  /** How long the search index lags behind changes. */
  indexLagMs: number;
  /** Listing pages hold fewer rows than asked for, though more follow. */
  shortPages: boolean;
  /** Cloud: an empty page with a `next` link stands between two others. */
  emptyPageWithNext: boolean;
  /** The last row of a listing page comes again on the next one. */
  repeatRowsAcrossPages: boolean;
  /** Cloud: the `next` link leads to the same page for ever. */
  repeatCursor: boolean;
  /** Rows that rank alike change places between requests. */
  unstableOrder: boolean;
  /** The `next` link leaves `expand` out. */
  nextDropsExpand: boolean;
  /** Listings hold a row of a type that nobody knows. */
  unknownTypeRow: boolean;
  /** The first row of a listing page has no labels. */
  rowWithoutLabels: boolean;
  /** Labels shown in a row of a listing; 0 shows all. */
  labelTruncation: number;
  /** Pages with more bodies than this are given up by the gateway (504); 0 takes any number. */
  bodyGatewayErrorAbove: number;
  /** Data Center: the manifest is XML unless JSON is asked for. */
  manifestXml: boolean;
  /** Data Center: caps `limit` silently, and computes `next` from what was asked. */
  dcLimitCaps: boolean;
  /** Data Center: `_links.base` names an internal host. */
  baseMismatch: boolean;
  /** Data Center's version. */
  dataCenterVersion: string;
  /** Data Center: offset of its times. */
  timezoneOffsetMinutes: number;
  /** Cloud: answers say that the rate limit is near. */
  nearLimitHeaders: boolean;
  /** Cloud: a bad token is refused by the gateway (401), or by the application (v1 403, v2 404). */
  expiredToken: 'gateway' | 'application';
  /** Cloud: scopes of the tokens given out. */
  scopes: readonly string[];
  /** Life of access tokens. */
  tokenLifetimeMs: number;
  /** Cloud: life of the media host's URLs. */
  mediaTokenLifetimeMs: number;
  /** Unique: life of write and read URLs. */
  writeUrlLifetimeMs: number;
  /** Unique: how long a finalized content is worked on. */
  ingestionMs: number;
  /** Unique: documents with more fields than this are refused; 0 takes any number. */
  refuseBatchesAbove: number;
  /** Unique: one failed field makes `data` null for all. */
  nullDataOnError: boolean;
}

/** Both products as they mostly are. */
export function defaultSwitches(flavor: Flavor): Switches {
  return {
    v1Removed: 'deprecated',
    downloadLink: 'rest',
    indexLagMs: 0,
    shortPages: false,
    emptyPageWithNext: false,
    repeatRowsAcrossPages: false,
    repeatCursor: false,
    unstableOrder: false,
    nextDropsExpand: false,
    unknownTypeRow: false,
    rowWithoutLabels: false,
    labelTruncation: 0,
    bodyGatewayErrorAbove: 0,
    manifestXml: true,
    dcLimitCaps: true,
    baseMismatch: false,
    dataCenterVersion: '10.2.1',
    timezoneOffsetMinutes: flavor === 'cloud' ? 0 : 120,
    nearLimitHeaders: false,
    expiredToken: 'gateway',
    scopes: ['search:confluence', 'read:attachment:confluence', 'readonly:content.attachment:confluence'],
    tokenLifetimeMs: 3_600_000,
    mediaTokenLifetimeMs: 600_000,
    writeUrlLifetimeMs: 900_000,
    ingestionMs: 0,
    refuseBatchesAbove: 0,
    nullDataOnError: false,
  };
}
