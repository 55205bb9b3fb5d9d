/** Flavors of Confluence that the sandbox emulates. */
export type Flavor = 'cloud' | 'data-center';

/** Behaviours of the emulated products that can be changed while they run; a count or a time of `0` is off unless said otherwise. */
export interface Switches {
  /** How long a search does not see a change: creation, labels, archiving, deletion. Reads by id always see it. */
  indexLagMs: number;
  /** Every page of a Cloud search holds fewer rows than asked, with a `next`. */
  shortPages: boolean;
  /** A Cloud search answers a page without rows, but with a `next`, before each page but the first. */
  emptyPageWithNext: boolean;
  /** Each page of a search repeats the last row of the page before it. */
  repeatRowsAcrossPages: boolean;
  /** `next` of a Cloud search leads to the same page for ever. */
  repeatCursor: boolean;
  /** Rows of equal rank change places from one search to the next; on Data Center from page to page. */
  unstableOrder: boolean;
  /** `next` of a search does not repeat `expand`. */
  nextDropsExpand: boolean;
  /** The first page of a listing has one more row, of an app's own content type. */
  unknownTypeRow: boolean;
  /** The first row of each search page lacks `metadata.labels` although they were asked for. */
  rowWithoutLabels: boolean;
  /** Rows of a search that finds several list at most so many labels, without saying that there are more. */
  labelTruncation: number;
  /** A search whose page would have more rows with a body than this is answered 504 by the gateway. */
  bodyGatewayErrorAbove: number;
  /** A search whose page would have more rows with their attachments than this is answered 504 by the gateway. */
  attachmentsGatewayErrorAbove: number;
  /** Ids of pages whose storage body cannot be had: every search that brings it along is answered 504. */
  bodyFailsFor: readonly string[];
  /** Rows of folders, databases and the like have no version. */
  containersWithoutVersion: boolean;
  /** `extensions.mediaType` of a file does not say what it is; `metadata.mediaType` does. */
  unspecificMediaType: boolean;
  /** How far the time zone of CQL dates, and of Data Center's timestamps, is ahead of UTC; `0` is UTC. */
  timezoneOffsetMinutes: number;

  /** Cloud's v1 content reads other than search: answered with deprecation headers, or 410. */
  v1Removed: 'deprecated' | 'gone';
  /** How v1's `_links.next` is written on Cloud: below the application's context, with it, or as a whole address of the site. */
  nextLink: 'relative' | 'with-context' | 'absolute';
  /** Attachments of Cloud have ids of digits alone. */
  attachmentIdsWithoutPrefix: boolean;
  /** Atlassian has put the Cloud site to sleep because nobody used it. */
  suspended: boolean;
  /** Where `_links.download` points on Cloud; only the REST form can be downloaded with a token. */
  downloadLink: 'legacy' | 'rest';
  /** Scopes of the Cloud credential; an endpoint outside of them answers 401. */
  scopes: readonly string[];
  /** Who refuses an unknown or expired token on Cloud: the application (403 on v1, bare 404 on v2) or the gateway (401). */
  expiredToken: 'application' | 'gateway';
  /** Cloud says that less than a fifth of the rate limit is left. */
  nearLimitHeaders: boolean;
  /** Life of the token in a media URL; `0` is expired at once. */
  mediaTokenLifetimeMs: number;

  /** What stands before Data Center: nothing, a CAPTCHA after failed log-ins, single sign-on that redirects, or a login page. */
  frontDoor: 'open' | 'captcha' | 'redirect' | 'login-page';
  /** The application manifest is XML unless JSON is asked for, as on Data Center 10. */
  manifestXml: boolean;
  /** Data Center lowers `limit` silently (50 with a body, 200 with other expansions, 1000 without) and then skips rows in `next`. */
  dcLimitCaps: boolean;
  /** `_links.base` of Data Center names another host than the one that is called. */
  baseMismatch: boolean;
  /** Service accounts exist from 10.1 on, `/rest/api/server-information` from 8.4, personal access tokens from 7.9. */
  dataCenterVersion: string;
  /** Requests in Data Center's rate-limiting bucket, which fills by one each second; `0` is off, as Data Center comes. */
  bucketSize: number;
  /** How an empty bucket is answered: some instances say 403. */
  bucketRefusal: '429' | '403';

  /** Life of access tokens of both products; `0` is expired at once. */
  tokenLifetimeMs: number;

  /** How long Unique works on a finalized content. */
  ingestionMs: number;
  /** Unique refuses a document with more fields than this. */
  refuseBatchesAbove: number;
  /** One failed field of a document makes Unique answer `data: null`; the others are carried out all the same. */
  nullDataOnError: boolean;
  /** A file diff names items whose stored URL is another one in `movedFiles`, beside what else it says of them. */
  diffReportsMoved: boolean;
  /** Life of write and read URLs; `0` is expired at once. */
  writeUrlLifetimeMs: number;
}

/** The three scopes that a sync needs, as the connector that ships with Unique documents them. */
const DOCUMENTED_SCOPES: readonly string[] = [
  'search:confluence',
  'read:attachment:confluence',
  'readonly:content.attachment:confluence',
];

/** Switches of products that behave as they were mostly observed. */
export function defaultSwitches(flavor: Flavor): Switches {
  return {
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
    attachmentsGatewayErrorAbove: 0,
    bodyFailsFor: [],
    containersWithoutVersion: false,
    unspecificMediaType: false,
    timezoneOffsetMinutes: flavor === 'cloud' ? 0 : 120,
    v1Removed: 'deprecated',
    nextLink: 'relative',
    attachmentIdsWithoutPrefix: false,
    suspended: false,
    downloadLink: 'rest',
    scopes: DOCUMENTED_SCOPES,
    expiredToken: 'application',
    nearLimitHeaders: false,
    mediaTokenLifetimeMs: 600_000,
    frontDoor: 'open',
    manifestXml: true,
    dcLimitCaps: true,
    baseMismatch: false,
    dataCenterVersion: '10.2.1',
    bucketSize: 0,
    bucketRefusal: '429',
    tokenLifetimeMs: 3_600_000,
    ingestionMs: 0,
    refuseBatchesAbove: 0,
    nullDataOnError: false,
    diffReportsMoved: false,
    writeUrlLifetimeMs: 900_000,
  };
}
