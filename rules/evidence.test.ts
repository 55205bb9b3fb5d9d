import { type Finding, findingOf, findingOfAttachment, type FoundPage, judge, type LookUp } from './evidence';

const LABELS = { single: 'ai-ingest', all: 'ai-ingest-all' };
const MINUTE = 60_000;
const AT = { now: 100 * MINUTE, runStartedAt: 99 * MINUTE, graceMs: 60 * MINUTE };

const page = (changes: Partial<FoundPage> = {}): FoundPage => ({
  id: '1',
  type: 'page',
  status: 'current',
  version: 3,
  space: { key: 'ENG', type: 'global' },
  labels: [],
  ancestorIds: [],
  ...changes,
});
const found = (changes: Partial<FoundPage> = {}): LookUp => ({ kind: 'found', page: page(changes) });
const finding = (lookUp: LookUp, ancestors: Readonly<Record<string, LookUp>> = {}) =>
  findingOf(lookUp, 'ENG', LABELS, (id) => ancestors[id]);

test.each<[string, LookUp, Readonly<Record<string, LookUp>>, Finding['kind']]>([
  ['its own label', found({ labels: ['ai-ingest'] }), {}, 'eligible'],
  ['its own label in capitals', found({ labels: ['AI-Ingest'] }), {}, 'eligible'],
  ['the label for trees', found({ labels: ['ai-ingest-all'] }), {}, 'eligible'],
  [
    'a root above it',
    found({ ancestorIds: ['8', '9'] }),
    { '8': found({ labels: ['ai-ingest-all'] }), '9': found() },
    'eligible',
  ],
  [
    'a root above one that nobody can read',
    found({ ancestorIds: ['8', '9'] }),
    { '8': found({ labels: ['ai-ingest-all'] }) },
    'eligible',
  ],
  [
    'only the single label above it',
    found({ ancestorIds: ['8'] }),
    { '8': found({ labels: ['ai-ingest'] }) },
    'not-eligible',
  ],
  ['nothing', found(), {}, 'not-eligible'],
  ['a label, but it is trashed', found({ labels: ['ai-ingest'], status: 'trashed' }), {}, 'not-eligible'],
  [
    'a label, but in a personal space',
    found({ labels: ['ai-ingest'], space: { key: '~ada', type: 'personal' } }),
    {},
    'not-eligible',
  ],
  ['a label in another space', found({ labels: ['ai-ingest'], space: { key: 'OPS', type: 'global' } }), {}, 'moved'],
  ['no label, and a page above that nobody can read', found({ ancestorIds: ['8'] }), {}, 'unknown'],
  [
    'no label, and a page above that is not found',
    found({ ancestorIds: ['8'] }),
    { '8': { kind: 'not-found' } },
    'unknown',
  ],
])('W-12: a page with %s', (_name, lookUp, ancestors, kind) => {
  expect(finding(lookUp, ancestors).kind).toBe(kind);
});

test.each<[string, Finding, Parameters<typeof findingOfAttachment>[1], Finding['kind']]>([
  [
    'is gone when the complete list lacks it',
    { kind: 'eligible', version: 1 },
    { isComplete: true, hasCandidate: false },
    'not-eligible',
  ],
  [
    'stays when the list is cut',
    { kind: 'eligible', version: 1 },
    { isComplete: false, hasCandidate: false },
    'unknown',
  ],
  ['stays when its page was not listed', { kind: 'eligible', version: 1 }, undefined, 'unknown'],
  [
    'is wanted when the list has it',
    { kind: 'eligible', version: 1 },
    { isComplete: false, hasCandidate: true },
    'eligible',
  ],
  [
    'moves with its page',
    { kind: 'moved', toSpace: 'OPS', version: 1 },
    { isComplete: true, hasCandidate: true },
    'moved',
  ],
  ['goes with its page', { kind: 'not-eligible', why: 'it is trashed' }, undefined, 'not-eligible'],
  ['is as unknown as its page', { kind: 'unknown', why: '403' }, { isComplete: true, hasCandidate: false }, 'unknown'],
])('an attachment %s', (_name, ofPage, list, kind) => {
  expect(findingOfAttachment(ofPage, list).kind).toBe(kind);
});

test('found and wanted always wins, and clears the tombstone', () => {
  const verdict = judge({ absentSince: 0 }, { kind: 'eligible', version: 3 }, AT);
  expect(verdict).toMatchObject({ kind: 'keep', clearTombstone: true });
});

test('W-05: a page whose version was read and is empty loses its old text, another version does not', () => {
  expect(judge({ emptyVersion: 3 }, { kind: 'eligible', version: 3 }, AT).kind).toBe('remove');
  expect(judge({ emptyVersion: 3 }, { kind: 'eligible', version: 4 }, AT).kind).toBe('keep');
});

test('W-11: a moved page is removed only where the other space has it', () => {
  const moved = { kind: 'moved', toSpace: 'OPS', version: 3 } as const;
  for (const candidate of [{}, { emptyVersion: 2 }]) {
    expect(judge(candidate, moved, AT)).toMatchObject({ kind: 'remove', toSpace: 'OPS' });
  }
});

test('W-05 W-11: a moved page that the other space read and found empty waits for no copy there', () => {
  const verdict = judge({ emptyVersion: 3 }, { kind: 'moved', toSpace: 'OPS', version: 3 }, AT);
  expect(verdict).toEqual({ kind: 'remove', why: 'its text is empty now' });
});

test('W-05: whether a file is empty is told by its own version, whatever that of its page is', () => {
  const list = { isComplete: true, hasCandidate: true, version: 7 };
  const finding = findingOfAttachment({ kind: 'eligible', version: 3 }, list);
  expect(judge({ emptyVersion: 7 }, finding, AT).kind).toBe('remove');
  expect(judge({ emptyVersion: 3 }, finding, AT).kind).toBe('keep');
});

test.each<[string, number | undefined, number, string]>([
  ['for the first time', undefined, 0, 'tombstone'],
  ['since less than the grace', 50 * MINUTE, 60, 'tombstone'],
  ['since the grace', 40 * MINUTE, 60, 'remove'],
  ['in this very run, without a grace', 99 * MINUTE, 0, 'tombstone'],
  ['in the run before, without a grace', 98 * MINUTE, 0, 'remove'],
])('a page that is not found %s', (_name, absentSince, graceMinutes, kind) => {
  const candidate = absentSince === undefined ? {} : { absentSince };
  expect(judge(candidate, { kind: 'not-found' }, { ...AT, graceMs: graceMinutes * MINUTE }).kind).toBe(kind);
});

test('what nobody knows is never removed, however long it lasts', () => {
  for (const absentSince of [undefined, 0, 98 * MINUTE]) {
    for (const emptyVersion of [undefined, 0, 3]) {
      const candidate = {
        ...(absentSince === undefined ? {} : { absentSince }),
        ...(emptyVersion === undefined ? {} : { emptyVersion }),
      };
      expect(judge(candidate, { kind: 'unknown', why: '403' }, { ...AT, graceMs: 0 }).kind).toBe('keep');
    }
  }
});
