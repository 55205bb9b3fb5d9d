/** Bytes that were uploaded. */
export interface StoredFile {
  readonly byteSize: number;
  /** Lower case, hexadecimal. */
  readonly sha256: string;
  /** `undefined` when the sandbox does not keep bytes. */
  readonly bytes: Buffer | undefined;
}

/** A content as the emulated platform holds it. */
export interface StoredContent {
  readonly id: string;
  readonly key: string;
  readonly title: string;
  readonly url: string;
  readonly mimeType: string;
  /** As registered; after an ingestion the size of what was ingested. */
  readonly byteSize: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** The scope that it belongs to. */
  readonly scopeId: string;
  readonly ingestionConfig: Readonly<Record<string, unknown>> | undefined;
  /** `QUEUED` while it is registered only, then a state on the way, `FINISHED`, or one that begins with `FAILED`. */
  readonly ingestionState: string;
  readonly sourceKind: string | undefined;
  readonly sourceName: string | undefined;
  readonly sourceOwnerType: string | undefined;
  readonly storeInternally: boolean;
  readonly expiresAt: string | undefined;
  /** What was ingested last; `undefined` until then, or when the sandbox does not keep bytes. */
  readonly bytes: Buffer | undefined;
  /** Of what was ingested last. */
  readonly sha256: string | undefined;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Milliseconds since the epoch, of the last registration, finalization or update. */
  readonly updatedAt: number;
}

/** How often a key was registered and finalized. */
export interface UpsertCount {
  readonly register: number;
  readonly finalize: number;
}

/** A content that left the platform. */
export interface Removal {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly contentId: string;
  readonly key: string;
  /** What removed it. */
  readonly by: 'contentDeleteByContentIds' | 'contentDelete' | 'deleteFolder';
}

/** State of a content that is registered and waits for its bytes. */
export const QUEUED = 'QUEUED';
/** State that stands for all states between finalization and end. */
export const INGESTING = 'INGESTION_EMBEDDING';
/** State of a content that can be found in the platform. */
export const FINISHED = 'FINISHED';
/** State of a content that was finalized although no bytes lay where `fileUrl` points. */
export const FAILED_GETTING_FILE = 'FAILED_GETTING_FILE';
