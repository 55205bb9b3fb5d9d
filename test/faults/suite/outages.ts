import type { FaultRule, Sandbox, Switches } from '../../../sandbox';
import { Dice } from './random';
import type { Outage } from './schedule';

/** Longest that a request may be carried out after it was given up; the tenant's `doubtMinutes` is more than that. */
export const LATEST_MS = 3_000;
/** Longest that a search may lag behind; the tenant's `graceMinutes` is more than that. */
export const LAG_MS = 2_000;

const ANYTHING = /^(confluence|media|unique)\./;
const CONFLUENCE = /^(confluence|media)\./;
const WRITES = /^unique\.(upsert|upload|deleteContents|deleteFolder|generateScopes|updateScope)$/;

/** Lets one thing go wrong for some seconds. Returns what it is, and how to end it. */
export function breakSomething(
  sandbox: Sandbox,
  what: Outage,
  seed: number,
): { readonly text: string; readonly forMs: number; readonly end: () => void } {
  const dice = new Dice(seed);
  const forMs = dice.between(1_000, 5_000);
  const text = `${what} for ${forMs} ms`;
  if (what === 'clockAhead') {
    sandbox.site.clock.shift(dice.between(1, 30) * 60_000);
    return { text: what, forMs: 0, end: () => undefined };
  }
  const switched = switchesOf(what, dice);
  if (switched !== undefined) {
    const before = { ...sandbox.switches };
    Object.assign(sandbox.switches, switched);
    const names = Object.keys(switched) as (keyof Switches)[];
    return {
      text,
      forMs,
      end: () => Object.assign(sandbox.switches, Object.fromEntries(names.map((name) => [name, before[name]]))),
    };
  }
  const handles = rulesOf(what, dice).map((rule) => sandbox.faults.add(rule));
  return { text, forMs, end: () => handles.forEach((handle) => handle.remove()) };
}

function switchesOf(what: Outage, dice: Dice): Partial<Switches> | undefined {
  switch (what) {
    case 'expiredTokens':
      return { tokenLifetimeMs: dice.pick([0, 500, 1_500]) };
    case 'indexLag':
      return { indexLagMs: LAG_MS };
    case 'halfListing':
      // Rows change places between two pages of a listing: some come twice, and others never.
      return { unstableOrder: true };
    case 'oddPages':
      return dice.pick([
        { repeatRowsAcrossPages: true },
        { shortPages: true },
        { repeatCursor: true },
        { unknownTypeRow: true },
      ]);
    default:
      return undefined;
  }
}

function rulesOf(what: Outage, dice: Dice): readonly FaultRule[] {
  const probability = dice.pick([0.1, 0.4, 1]);
  const route = dice.pick([ANYTHING, ANYTHING, CONFLUENCE, WRITES]);
  switch (what) {
    case 'rateLimit':
      return [{ route, probability, kind: 'status', status: 429, retryAfter: dice.pick([0, 1, 2]) }];
    case 'serverErrors':
      return [{ route, probability, kind: 'status', status: dice.pick([500, 502, 503, 504]), body: '<p>down</p>' }];
    case 'dropped':
      return [{ route, probability, kind: 'drop' }];
    case 'answerLost':
      return [{ route: WRITES, probability, kind: 'drop-after' }];
    case 'appliedLate':
      return [{ route: WRITES, probability, kind: 'delay-apply', ms: dice.between(100, LATEST_MS) }];
    case 'cutBody':
      return [{ route, probability, kind: 'cut-body' }];
    case 'slow':
      return [{ route: ANYTHING, probability, kind: 'slow', ms: dice.between(50, 1_500) }];
    case 'slowBody':
      return [{ route: CONFLUENCE, probability, kind: 'slow-body', bytesPerSecond: dice.between(5_000, 50_000) }];
    case 'loginPage':
      return [{ route: CONFLUENCE, probability, kind: 'html' }];
    case 'itemRefused':
      return [
        {
          route: 'unique.upsert',
          kind: 'graphql-error',
          message: 'refused',
          keys: new RegExp(`${dice.between(0, 9)}$`),
        },
      ];
    default:
      return [];
  }
}
