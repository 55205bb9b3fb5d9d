import { parseCounts } from './ingestion-states';

const COUNTS = new Map([
  ['FINISHED', 3],
  ['FAILED_PARSING', 1],
]);

test.each([
  ['a map', { FINISHED: 3, FAILED_PARSING: 1 }],
  ['a map of texts', { FINISHED: '3', FAILED_PARSING: '1' }],
  [
    'a list',
    [
      { ingestionState: 'FINISHED', count: 3 },
      { ingestionState: 'FAILED_PARSING', count: 1 },
    ],
  ],
  [
    'a list with other names',
    [
      { _count: 3, state: 'FINISHED' },
      { _count: 1, state: 'FAILED_PARSING' },
    ],
  ],
])('states are read from %s', (_name, counts) => {
  expect(parseCounts(counts)).toEqual(COUNTS);
});

test.each([[undefined], [null], ['FINISHED: 3'], [7], [[1, 2]], [{ FINISHED: { count: 3 } }], [{ FINISHED: null }]])(
  'what cannot be read is not guessed: %j',
  (counts) => {
    expect(parseCounts(counts)).toBeUndefined();
  },
);
