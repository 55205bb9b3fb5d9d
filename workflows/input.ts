import { ApplicationFailure } from '@temporalio/workflow';
import type { SyncRequest } from './messages';

/** They travel in Temporal's history; whoever wants more forces a space. */
const MAX_PAGES = 1_000;

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** Refuses an input that a person typed wrongly, at once and with the reason; a plain error would be retried for ever. */
export function checkTenantInput(input: unknown): void {
  const known = ['tenant', 'spaces', 'approvals', 'force', 'pages', 'rekey', 'carried'];
  const given = checkObject(input, '{"tenant":"acme"}', known);
  if (given['rekey'] !== undefined && typeof given['rekey'] !== 'boolean') refuse('`rekey` must be true or false');
  checkForce(given);
  const spaces = given['spaces'];
  if (spaces !== undefined && !(Array.isArray(spaces) && spaces.every(isText))) {
    refuse('`spaces` must be a list of space keys, for example ["ENG"]');
  }
  const approvals = given['approvals'];
  if (approvals !== undefined && (approvals === null || typeof approvals !== 'object' || Array.isArray(approvals))) {
    refuse('`approvals` must map space keys to fingerprints, for example {"ENG":"1f2e3d"}');
  }
}

export function checkPlanInput(input: unknown): void {
  checkObject(input, '{"tenant":"acme"}', ['tenant']);
}

export function checkDeletionInput(input: unknown): void {
  checkObject(input, '{"tenant":"acme"}', ['tenant', 'carried']);
}

export function checkSpaceInput(input: unknown): void {
  const known = [
    'tenant',
    'spaceKey',
    'run',
    'force',
    'pages',
    'approval',
    'removesLater',
    'paused',
    'searchAttributes',
    'carried',
  ];
  const given = checkObject(input, '{"tenant":"acme","spaceKey":"ENG"}', known);
  if (!isText(given['spaceKey'])) refuse('`spaceKey` is missing: give for example {"tenant":"acme","spaceKey":"ENG"}');
  checkForce(given);
}

function checkForce({ force, pages }: Record<string, unknown>): void {
  if (force !== undefined && typeof force !== 'boolean') refuse('`force` must be true or false');
  if (pages === undefined) return;
  const areIds = Array.isArray(pages) && pages.every((id) => isText(id) && /^\d+$/.test(id));
  if (!areIds || pages.length === 0) refuse('`pages` must be a list of page ids, for example ["98307"]');
  else if (pages.length > MAX_PAGES) refuse(`\`pages\` has more than ${MAX_PAGES} ids; force a space instead`);
  if (force !== true) refuse('`pages` says what is forced, so it needs `force`: true');
}

function checkObject(input: unknown, example: string, known: readonly string[]): Record<string, unknown> {
  if (input === null || typeof input !== 'object' || Array.isArray(input)) {
    return refuse(`the input must be a JSON object, for example ${example}`);
  }
  const given = input as Record<string, unknown>; // an object that is no array; its members are looked at one by one
  const unknown = Object.keys(given).filter((key) => !known.includes(key));
  if (unknown.length > 0)
    refuse(
      `unknown member \`${unknown.join('`, `')}\`; known are ${known.filter((key) => key !== 'carried').join(', ')}`,
    );
  if (!isText(given['tenant'])) refuse(`\`tenant\` is missing: give for example ${example}`);
  return given;
}

function refuse(reason: string): never {
  throw ApplicationFailure.nonRetryable(`Bad input: ${reason}.`, 'InvalidInput');
}

/** Several requests that wait become one: all spaces if one asks for all, forced if one forces; all pages if one forces all. */
export function mergeRequests(requests: readonly SyncRequest[]): SyncRequest {
  const everything = requests.length === 0 || requests.some(({ spaces }) => spaces === undefined);
  const spaces = [...new Set(requests.flatMap((request) => request.spaces ?? []))].sort();
  const approvals = Object.assign({}, ...requests.map((request) => request.approvals ?? {})) as Record<string, string>;
  return {
    ...(everything ? {} : { spaces }),
    ...(Object.keys(approvals).length > 0 ? { approvals } : {}),
    ...forced(requests.filter(({ force }) => force === true)),
    ...(requests.some(({ rekey }) => rekey === true) ? { rekey: true } : {}),
  };
}

function forced(requests: readonly SyncRequest[]): Pick<SyncRequest, 'force' | 'pages'> {
  if (requests.length === 0) return {};
  const pages = [...new Set(requests.flatMap((request) => request.pages ?? []))].sort();
  const everything = requests.some((request) => request.pages === undefined) || pages.length > MAX_PAGES;
  return { force: true, ...(everything ? {} : { pages }) };
}
