import type { RequestEntry, Sandbox } from '../../../sandbox';
import { type ExpectedItem, expectedItems } from '../../end-to-end/expected';
import { LAG_MS } from './outages';

/** A look-up is at most a quarter of an hour old when its removal is sent, which may arrive late. */
const EVIDENCE_IS_GOOD_FOR_MS = 16 * 60_000;

/** What the model objects to. */
export interface Violation {
  readonly key: string;
  readonly what: string;
}

/**
 * What must stand in Unique and what must not have left it, worked out from the emulated products alone: no code of the
 * product is used, so that one mistake cannot hide in both.
 *
 * It is told of each edit and sees each request in the moment of its answer. An item is wanted while it is eligible and
 * the account can see it. A removal of a wanted item is wrong, unless a look-up of its page (or of a page above it) that
 * may be the evidence saw a moment in which it was not wanted.
 */
export class Model {
  readonly violations: Violation[] = [];
  private readonly wantedSince = new Map<string, { readonly at: number; readonly wanted: boolean }[]>();
  private readonly keysOfItem = new Map<string, Set<string>>();
  private readonly above = new Map<string, Set<string>>();
  private readonly lookUps: { readonly from: number; readonly to: number; readonly ids: ReadonlySet<string> }[] = [];
  private readonly requestsOfKey = new Map<string, string[]>();
  private judged = 0;

  constructor(private readonly sandbox: Sandbox) {
    this.sawEdit();
    sandbox.requests.follow((entry) => this.sawRequest(entry));
    // A rule that never strikes sees every request with the keys that it names.
    sandbox.faults.add({ route: /^unique\./, kind: 'drop', match: ({ route, keys }) => this.sawKeys(route, keys) });
  }

  /** The site changed: what is wanted from this moment on? */
  sawEdit(): void {
    const at = Date.now();
    const wanted = expectedItems(this.sandbox);
    for (const key of new Set([...this.wantedSince.keys(), ...wanted.keys()])) {
      const changes = this.wantedSince.get(key) ?? [];
      this.wantedSince.set(key, changes);
      if ((changes.at(-1)?.wanted ?? false) !== wanted.has(key)) changes.push({ at, wanted: wanted.has(key) });
      add(this.keysOfItem, itemOf(key), key);
    }
    for (const content of this.sandbox.site.contents()) {
      for (const { id } of this.sandbox.site.ancestors(content)) add(this.above, content.id, id);
    }
  }

  /** Judges what left Unique since the last call; also what a request that came late took away. */
  judgeRemovals(): void {
    const { removals } = this.sandbox.unique;
    for (const { key, time } of removals.slice(this.judged)) this.judge(key, time);
    this.judged = removals.length;
  }

  /** Differences between Unique and what it must hold now. */
  differences(): readonly Violation[] {
    const wanted = expectedItems(this.sandbox);
    const stored = this.sandbox.unique.contents();
    const found: Violation[] = [];
    for (const { key } of stored) if (!wanted.has(key)) found.push({ key, what: this.whyTooMuch(key, wanted) });
    for (const item of wanted.values()) {
      const what = this.difference(item);
      if (what !== undefined) found.push({ key: item.key, what });
    }
    return found;
  }

  wantedCount(): number {
    return expectedItems(this.sandbox).size;
  }

  /** The last requests that named a key. */
  requestsOf(key: string): readonly string[] {
    return this.requestsOfKey.get(key) ?? [];
  }

  /** When a key was wanted and when not. */
  historyOf(key: string): readonly string[] {
    return (this.wantedSince.get(key) ?? []).map(
      ({ at, wanted }) => `${new Date(at).toISOString()} ${wanted ? 'wanted' : 'not wanted'}`,
    );
  }

  private difference(item: ExpectedItem): string | undefined {
    const content = this.sandbox.unique.contentByKey(item.key);
    if (content === undefined) return 'lost: it is wanted and not in Unique';
    if (content.ingestionState !== 'FINISHED') return `unfinished: it is ${content.ingestionState}`;
    if (content.bytes?.equals(item.bytes) !== true) return 'stale: its bytes are not those of the source';
    if (content.title !== item.title) return `stale: its title is ${content.title} instead of ${item.title}`;
    if (content.mimeType !== item.mimeType) return `stale: its type is ${content.mimeType}`;
    const spaceKey = spaceOf(item.key);
    const path = this.sandbox.unique.scopePath(content.scopeId);
    return path.endsWith(`/${spaceKey}`) ? undefined : `misplaced: it is in ${path || 'no scope'}`;
  }

  private whyTooMuch(key: string, wanted: ReadonlyMap<string, unknown>): string {
    const others = [...(this.keysOfItem.get(itemOf(key)) ?? [])].filter((other) => wanted.has(other));
    return others.length === 0 ? 'too much: it is not wanted' : `doubled: it is wanted as ${others.join(', ')}`;
  }

  private judge(key: string, time: number): void {
    const from = time - EVIDENCE_IS_GOOD_FOR_MS;
    const evidence = this.lookUps.filter((one) => one.to >= from && one.from <= time && this.concerns(one.ids, key));
    // What stood in Unique and was wanted at every look-up, and still is, was nobody's to remove.
    if (evidence.every((one) => this.wasAlwaysWanted(key, one.from, one.to)) && this.wasAlwaysWanted(key, time, time)) {
      this.violations.push({ key, what: `removed wrongly at ${new Date(time).toISOString()}, wanted all the time` });
    }
    for (const other of this.keysOfItem.get(itemOf(key)) ?? []) {
      if (other === key || !this.wasAlwaysWanted(other, time, time)) continue;
      if (!evidence.every((one) => this.wasAlwaysWanted(other, one.from, one.to))) continue;
      if (this.sandbox.unique.contentByKey(other)?.bytes === undefined) {
        this.violations.push({ key, what: `removed at ${new Date(time).toISOString()} before ${other} was there` });
      }
    }
  }

  private concerns(ids: ReadonlySet<string>, key: string): boolean {
    const page = pageOf(key);
    return ids.has(page) || [...(this.above.get(page) ?? [])].some((id) => ids.has(id));
  }

  /** In the given time, and as long before it as a search may lag. */
  private wasAlwaysWanted(key: string, from: number, to: number): boolean {
    const changes = this.wantedSince.get(key) ?? [];
    const before = changes.filter(({ at }) => at <= from - LAG_MS).at(-1)?.wanted ?? false;
    return before && !changes.some(({ at, wanted }) => at > from - LAG_MS && at <= to && !wanted);
  }

  private sawRequest({ route, path, time, durationMs }: RequestEntry): void {
    if (route === 'confluence.search' || route === 'confluence.content') {
      const ids = lookedUpIds(path);
      if (ids.size > 0) this.lookUps.push({ from: time, to: time + durationMs, ids });
    }
    this.judgeRemovals();
  }

  private sawKeys(route: string, keys: readonly string[]): boolean {
    for (const key of keys) {
      const lines = this.requestsOfKey.get(key) ?? [];
      lines.push(`${new Date().toISOString()} ${route}`);
      this.requestsOfKey.set(key, lines.slice(-30));
    }
    return false;
  }
}

/** `{tenant}/{space id}_{space key}/{page}` and, of an attachment, `::{attachment}` behind it. */
const itemOf = (key: string): string => key.slice(key.lastIndexOf('/') + 1);
const pageOf = (key: string): string => itemOf(key).split('::')[0] ?? '';
const spaceOf = (key: string): string => key.split('/')[1]?.replace(/^\d+_/, '') ?? '';

/** Ids of a search by ids, or of a read by id; a search below roots names ids too and looks nothing up. */
function lookedUpIds(path: string): ReadonlySet<string> {
  const [before = '', query = ''] = path.split('?');
  const cql = new URLSearchParams(query).get('cql');
  if (cql !== null) return new Set(/^id IN \(([\d,]+)\)/i.exec(cql)?.[1]?.split(',') ?? []);
  return new Set(/\/content\/(\d+)$/.exec(before)?.slice(1) ?? []);
}

function add(map: Map<string, Set<string>>, name: string, value: string): void {
  const set = map.get(name);
  if (set) set.add(value);
  else map.set(name, new Set([value]));
}
