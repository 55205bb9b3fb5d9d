import { Dice } from './random';

/** What may happen while syncs run, and how likely. */
const EDITS = {
  editPage: 20,
  emptyPage: 2,
  addPage: 8,
  relabel: 16,
  rename: 6,
  trash: 6,
  restore: 6,
  archive: 2,
  purge: 2,
  moveWithin: 5,
  moveAway: 8,
  hide: 3,
  unhide: 4,
  addFile: 10,
  replaceFile: 8,
  removeFile: 6,
  hideSpace: 1,
  showSpace: 2,
  archiveSpace: 1,
  unarchiveSpace: 2,
} as const;

const OUTAGES = {
  rateLimit: 3,
  serverErrors: 4,
  dropped: 4,
  answerLost: 5,
  appliedLate: 5,
  cutBody: 3,
  slow: 3,
  slowBody: 2,
  loginPage: 3,
  expiredTokens: 2,
  itemRefused: 3,
  halfListing: 3,
  indexLag: 3,
  oddPages: 2,
  clockAhead: 1,
} as const;

const COMMANDS = {
  sync: 6,
  force: 4,
  syncSpace: 4,
  pause: 3,
  resume: 6,
  cancel: 2,
  cancelSpace: 1,
  terminate: 1,
  approve: 4,
} as const;

const KILLS = { worker: 12, server: 3 } as const;
const STORE_KILLS = { connections: 3, storeServer: 1 } as const;

export type Edit = keyof typeof EDITS;
export type Outage = keyof typeof OUTAGES;
export type Command = keyof typeof COMMANDS;
export type Kill = keyof typeof KILLS | keyof typeof STORE_KILLS;

/** Something that happens, drawn before the run begins. Its own seed decides the rest: which page, how long. */
export type Event = { readonly at: number; readonly seed: number } & (
  | { readonly kind: 'edit'; readonly what: Edit }
  | { readonly kind: 'outage'; readonly what: Outage }
  | { readonly kind: 'command'; readonly what: Command }
);

/** The end of a process, so that it dies at work: so many requests after the last kill. */
export interface KillEvent {
  readonly what: Kill;
  readonly afterRequests: number;
  readonly victim: number;
  /** Until it is started again. */
  readonly downMs: number;
}

export interface Schedule {
  readonly events: readonly Event[];
  readonly kills: readonly KillEvent[];
}

const MEAN_GAP_MS = { edit: 350, outage: 6_000, command: 7_000 } as const;

/** All decisions of a run. Everything here follows from the seed; when processes really get to it does not. */
export function drawSchedule(
  seed: number,
  { durationMs, kills, onPostgres }: { durationMs: number; kills: number; onPostgres: boolean },
): Schedule {
  const dice = new Dice(seed);
  const events = [
    ...moments(dice, durationMs, 'edit').map((at) => ({
      kind: 'edit' as const,
      at,
      what: dice.weighted(EDITS),
      seed: dice.seed(),
    })),
    ...moments(dice, durationMs, 'outage').map((at) => ({
      kind: 'outage' as const,
      at,
      what: dice.weighted(OUTAGES),
      seed: dice.seed(),
    })),
    ...moments(dice, durationMs, 'command').map((at) => ({
      kind: 'command' as const,
      at,
      what: dice.weighted(COMMANDS),
      seed: dice.seed(),
    })),
  ].sort((a, b) => a.at - b.at);
  const ends = Array.from({ length: kills }, (): KillEvent => {
    const what: Kill = onPostgres ? dice.weighted({ ...KILLS, ...STORE_KILLS }) : dice.weighted(KILLS);
    return {
      what,
      afterRequests: dice.between(1, 100),
      victim: dice.between(0, 99),
      downMs: dice.chance(0.7) ? dice.between(0, 500) : dice.between(500, 3_000),
    };
  });
  return { events, kills: ends };
}

function moments(dice: Dice, durationMs: number, kind: Event['kind']): number[] {
  const all: number[] = [];
  for (let at = dice.gap(MEAN_GAP_MS[kind]); at < durationMs; at += dice.gap(MEAN_GAP_MS[kind])) all.push(at);
  return all;
}
