import type { Generated } from 'kysely';

// Table types. Times are milliseconds since the epoch; booleans are 0 or 1, which both engines store alike.

export interface Database {
  facts: { name: string; value: string };
  notes: { tenant: string; name: string; value: string };
  runs: {
    tenant: string;
    run: string;
    workflow_id: string;
    started_at: number;
    ended_at: number | null;
    outcome: string | null;
    confluence: Generated<number>;
    unique_calls: Generated<number>;
    downloads: Generated<number>;
    uploads: Generated<number>;
    truncated: Generated<number>;
    report: string | null;
  };
  space_reports: { tenant: string; run: string; space_key: string; report: string };
  failures: {
    tenant: string;
    run: string;
    space_key: string;
    item_key: string;
    step: string;
    http_status: number | null;
    message: string;
    at: number;
  };
  discoveries: { tenant: string; run: string; part: string; cursor: string | null; sealed: number };
  manifest: {
    tenant: string;
    run: string;
    space_key: string;
    item_key: string;
    space_id: string;
    space_name: string;
    kind: string;
    page_id: string;
    attachment_id: string | null;
    page_type: string;
    title: string;
    media_type: string | null;
    size: number | null;
    version: number;
    updated_at: string;
    url: string;
    download_path: string | null;
    fingerprint: string;
    is_root: number;
    has_more: number;
    action: string | null;
    is_new: number;
    is_due: Generated<number>;
    slice: number | null;
    retry: number;
    outcome: string | null;
    failure_status: number | null;
  };
  candidates: { tenant: string; run: string; space_key: string; item_key: string };
  ledger: {
    tenant: string;
    space_key: string;
    item_key: string;
    state: string;
    content_id: string | null;
    fingerprint: string | null;
    version: number | null;
    run: string;
    attempt: string;
    is_new: number;
    attempts: number;
    doubt_since: number | null;
    absent_since: number | null;
    failure_step: string | null;
    failure_status: number | null;
    failure_message: string | null;
    updated_at: number;
  };
  spaces: {
    tenant: string;
    space_key: string;
    space_id: string;
    scope_id: string | null;
    compared_at: number | null;
  };
  leases: { tenant: string; space_key: string; owner: string; fence: number; until: number };
  slices: { tenant: string; run: string; space_key: string; slice: string; attempt: string };
  budgets: { target: string; next_at: number; paused_until: number };
}
