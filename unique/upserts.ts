import { z } from 'zod';
import { ResponseShapeError } from '../http/errors';
import type { ContentUpsert, SourceKind, UpsertResult } from './content';
import { UniqueRejectedError } from './errors';
import type { GraphqlAnswer, GraphqlCall, GraphqlEndpoint } from './graphql';
import { isSystemic } from './graphql-refusal';
import type { BatchOutcome, Sending } from './upsert-batches';
import { upsertDocument, upsertField } from './upsert-document';

/** What is equal in all contents of a tenant. */
export interface UpsertSource {
  readonly kind: SourceKind;
  /** Base URL of the Confluence instance. */
  readonly name: string;
  readonly storeInternally: boolean;
}

const OPERATION = 'ContentUpsert';

const upserted = z.object({ id: z.string().min(1), writeUrl: z.string().nullish(), readUrl: z.string().nullish() });

/** Sends one request that registers or finalizes contents, and says what became of each. */
export class Upserts {
  constructor(
    private readonly graphql: GraphqlEndpoint,
    private readonly source: UpsertSource,
  ) {}

  /**
   * @throws {RateLimitedError} @throws {UnavailableError} @throws {UnauthorizedError} when the request as a whole came to
   *   nothing for a reason that does not lie in it
   */
  async send(batch: readonly ContentUpsert[], how: Sending): Promise<BatchOutcome> {
    try {
      return await this.judge(batch, await this.graphql.answer({ ...this.toCall(batch), ...how }));
    } catch (error) {
      if (error instanceof UniqueRejectedError) return { kind: 'refused', error };
      throw error;
    }
  }

  private toCall(batch: readonly ContentUpsert[]): GraphqlCall {
    const { kind, name, storeInternally } = this.source;
    const variables: Record<string, unknown> = {
      sourceOwnerType: 'COMPANY',
      sourceKind: kind,
      sourceName: name,
      baseUrl: name,
      storeInternally,
    };
    batch.forEach(({ scopeId, fileUrl, key, title, mimeType, url, byteSize, metadata, ingestionConfig }, n) => {
      // Field by field: the platform refuses a field that it does not know.
      const input = { key, title, mimeType, ownerType: 'SCOPE', url, byteSize, metadata, ingestionConfig };
      variables[`input${n}`] = input;
      variables[`scopeId${n}`] = scopeId;
      // Left out of the JSON when undefined: that is what makes it a registration.
      variables[`fileUrl${n}`] = fileUrl;
    });
    return { operation: OPERATION, document: upsertDocument(batch.length), variables };
  }

  private async judge(batch: readonly ContentUpsert[], answer: GraphqlAnswer): Promise<BatchOutcome> {
    const privateTexts = batch.flatMap(({ title, url }) => [title, url]);
    const fields = batch.map((_, n) => upsertField(n, batch.length));
    const requestError = answer.errors.find(({ field }) => field === undefined || !fields.includes(field));
    if (typeof answer.data !== 'object' || answer.data === null) {
      const [first] = answer.errors;
      if (first === undefined) return { kind: 'undecided', error: neitherDataNorError('data', answer) };
      const error = await this.graphql.typedError(requestError ?? first, answer.exchange, privateTexts);
      if (requestError === undefined) return { kind: 'undecided', error };
      const splittable = batch.length > 1 && !isSystemic(requestError);
      if (splittable || error instanceof UniqueRejectedError) return { kind: 'refused', error };
      throw error;
    }
    const data = answer.data as Readonly<Record<string, unknown>>;
    const results = batch.map(async (content, n): Promise<UpsertResult> => {
      const field = fields[n] ?? '';
      const result = toResult(data[field], content.fileUrl !== undefined);
      if (result !== undefined) return result;
      const reason = answer.errors.find((error) => error.field === field) ?? requestError;
      if (reason === undefined) return { ok: false, error: neitherDataNorError(`data.${field}`, answer) };
      return { ok: false, error: await this.graphql.typedError(reason, answer.exchange, privateTexts) };
    });
    return { kind: 'answered', results: await Promise.all(results) };
  }
}

/** A registration without both URLs is none: nothing could be uploaded, or nothing finalized. */
function toResult(value: unknown, isFinalization: boolean): UpsertResult | undefined {
  const parsed = upserted.safeParse(value);
  if (!parsed.success) return undefined;
  const { id, writeUrl, readUrl } = parsed.data;
  if (!isFinalization && !(writeUrl && readUrl)) return undefined;
  return { ok: true, id, writeUrl: writeUrl ?? '', readUrl: readUrl ?? '' };
}

function neitherDataNorError(where: string, { exchange }: GraphqlAnswer): ResponseShapeError {
  return new ResponseShapeError([`${where}: neither a content with its URLs nor an error`], exchange);
}
