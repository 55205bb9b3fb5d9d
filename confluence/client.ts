import { AsyncResource } from 'node:async_hooks';
import pLimit from 'p-limit';
import type { LookUp } from '../rules/evidence';
import type { AttachmentRequest, AttachmentsRequest, OpenAttachment, SearchRequest } from './api';
import type { AttachmentListing, ContentListing, PageBody } from './content';
import { parseContents } from './content-row';
import { descendantsQuery, labelQuery } from './cql';
import { type ConfluenceOptions, connect } from './connect';
import { readHiddenLabels } from './label-reader';
import { readListingPage } from './listing-page';
import { lookUpPages } from './look-up';
import { findPages, type FoundPage, type PageReference } from './find-pages';
import { type OnUnreadable, PAGES_PER_READ, readPageBodies } from './page-reader';

export type { AttachmentRequest, AttachmentsRequest, OpenAttachment } from './api';
export type {
  AttachmentListing,
  AttachmentRow,
  ContentListing,
  ContentRow,
  PageBody,
  Space,
  UnknownRow,
} from './content';
export type { ConfluenceOptions } from './connect';
export type { ConfluenceAuth } from './credential';
export type { OnUnreadable } from './page-reader';

/**
 * One Confluence site. Every call makes one attempt and throws an `HttpError` class; the budget is passed before.
 *
 * Nothing that is missing in a listing is thereby gone: the search index lags, and what the account may not see is
 * simply not there.
 */
export interface ConfluenceClient {
  /**
   * Proves the credential by the cheapest call that a sync needs anyway: a token for service accounts, which is kept
   * and counts nowhere, else a search for one row, at most every ten minutes.
   *
   * @returns when the token expires; milliseconds since the epoch, absent for credentials that are no tokens
   */
  checkAccess(signal?: AbortSignal): Promise<{ readonly tokenExpiresAt?: number }>;
  /** One cheap request that concerns no page: throws when the site does not work, or does not accept us. */
  probe(signal?: AbortSignal): Promise<void>;
  /** Names the instance for good: Cloud's configured id (no request), Data Center's own (asked once). */
  instanceId(signal?: AbortSignal): Promise<string>;
  /** One page of the search for both labels, of the whole site or one space. */
  searchLabelled(request: {
    readonly spaceKey?: string;
    readonly cursor?: string;
    readonly signal?: AbortSignal;
  }): Promise<ContentListing>;
  /** One page of all that lies below the roots (at most 100), attachments left out. */
  searchDescendants(request: {
    readonly rootIds: readonly string[];
    readonly cursor?: string;
    readonly signal?: AbortSignal;
  }): Promise<ContentListing>;
  /** One page of all attachments of a page: for those that have more than a listing shows. */
  listAttachments(request: AttachmentsRequest): Promise<AttachmentListing>;
  /**
   * Pages with their bodies, in bulk. What Confluence does not find is simply not in the result.
   *
   * @param onUnreadable told about pages that cannot be read even alone; without it the first one's error is thrown
   */
  readPages(ids: readonly string[], signal?: AbortSignal, onUnreadable?: OnUnreadable): Promise<readonly PageBody[]>;
  /**
   * Looks pages up by their ids just before something is removed: what each is now, or that nobody knows. On Cloud a
   * search, which a page may be missing from for as long as the index lags; on Data Center also a read by id.
   *
   * @throws {RateLimitedError} every other failure makes its pages `unknown`
   */
  lookUp(ids: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, LookUp>>;
  /**
   * Looks pages up by space and title, many in one search, with the first 25 attachments of each. What is not found, or
   * not visible, is not in the result.
   */
  findPages(references: readonly PageReference[], signal?: AbortSignal): Promise<readonly FoundPage[]>;
  /** Opens the bytes of an attachment. On Cloud the credential stays with Confluence; the media host gets none. */
  openAttachment(request: AttachmentRequest): Promise<OpenAttachment>;
  /** Closes the connections. */
  close(): void;
}

/** Bulk reads of bodies at once: each may hold fifty of them in memory. */
const READERS = 2;
/** How long a proof of a credential that is no token is believed. */
const PROOF_MS = 10 * 60_000;

/** Makes the client of one tenant's site. */
export function createConfluenceClient(options: ConfluenceOptions): ConfluenceClient {
  const { http, api, credential } = connect(options);
  const labels = [options.labels.single, options.labels.all];
  const readers = pLimit(READERS);
  let instance: string | undefined;
  let provenUntil = 0;

  async function list(
    cql: string,
    { cursor, signal }: Pick<SearchRequest, 'cursor' | 'signal'>,
  ): Promise<ContentListing> {
    const { rows, next } = await readListingPage(api, { cql, cursor, signal }, options);
    const parsed = parseContents(rows, {
      product: options.instanceType,
      attachments: options.attachments,
      labels: await readHiddenLabels(api, rows, signal),
    });
    return { ...parsed, ...(next !== undefined && { next }) };
  }

  const probe = async (signal?: AbortSignal): Promise<void> => {
    await api.search({ cql: labelQuery(labels), expand: [], limit: 1, signal });
  };

  return {
    probe,

    async checkAccess(signal) {
      if ('tokens' in credential) {
        await credential.tokens.authorization(signal);
        const tokenExpiresAt = credential.tokens.expiresAt();
        return tokenExpiresAt === undefined ? {} : { tokenExpiresAt };
      }
      if (Date.now() < provenUntil) return {};
      await probe(signal);
      provenUntil = Date.now() + PROOF_MS;
      return {};
    },

    async instanceId(signal) {
      instance ??= await api.instanceId(signal);
      return instance;
    },

    searchLabelled: async ({ spaceKey, ...page }) => list(labelQuery(labels, spaceKey), page),

    async searchDescendants({ rootIds, ...page }) {
      if (rootIds.length === 0) return { rows: [], unknown: [] };
      return list(descendantsQuery(rootIds), page);
    },

    listAttachments: (request) => api.listAttachments(request),

    async readPages(ids, signal, onUnreadable) {
      const parts = Array.from({ length: Math.ceil(ids.length / PAGES_PER_READ) }, (_, part) =>
        ids.slice(part * PAGES_PER_READ, (part + 1) * PAGES_PER_READ),
      );
      // Bound to this caller: else its requests would count for whoever empties the queue of readers.
      const read = (part: readonly string[]) => AsyncResource.bind(() => readPageBodies(api, part, signal));
      const outcomes = await Promise.all(parts.map((part) => readers(read(part))));
      return outcomes.flat().flatMap((outcome) => {
        if ('page' in outcome) return [outcome.page];
        if (onUnreadable === undefined) throw outcome.error;
        onUnreadable(outcome.id, outcome.error);
        return [];
      });
    },

    lookUp: (ids, signal) => lookUpPages(api, ids, signal),

    findPages: (references, signal) => findPages(api, options.instanceType, references, signal),

    openAttachment: (request) => api.openAttachment(request),

    close: () => http.close(),
  };
}
