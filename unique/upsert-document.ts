const SHARED_VARIABLES =
  '$sourceOwnerType: String, $sourceName: String, $sourceKind: String, $storeInternally: Boolean, $baseUrl: String';
const SHARED_ARGUMENTS =
  'sourceOwnerType: $sourceOwnerType, sourceName: $sourceName, sourceKind: $sourceKind, storeInternally: $storeInternally, baseUrl: $baseUrl';

const documents = new Map<number, string>();

/**
 * The mutation that registers or finalizes `count` contents: one `contentUpsert` field each, aliased `c0`, `c1`, …;
 * for a single content the plain field, which every platform understands.
 *
 * Its text depends on `count` alone, so that a server can keep it parsed. Variables of content `n` end in `n`.
 */
export function upsertDocument(count: number): string {
  const known = documents.get(count);
  if (known !== undefined) return known;
  const numbers = Array.from({ length: count }, (_, number) => number);
  const variables = numbers.map((n) => `$input${n}: ContentCreateInput!, $scopeId${n}: String, $fileUrl${n}: String`);
  const fields = numbers.map(
    (n) =>
      `  ${count === 1 ? '' : `${upsertAlias(n)}: `}contentUpsert(input: $input${n}, scopeId: $scopeId${n}, fileUrl: $fileUrl${n}, ${SHARED_ARGUMENTS}) { id writeUrl readUrl }`,
  );
  const document = `mutation ContentUpsert(${[...variables, SHARED_VARIABLES].join(', ')}) {\n${fields.join('\n')}\n}`;
  documents.set(count, document);
  return document;
}

/** Name under which the answer holds content `number` of a batch of several. */
export function upsertAlias(number: number): string {
  return `c${number}`;
}

/** Name under which the answer holds content `number` of a request for `count`. */
export function upsertField(number: number, count: number): string {
  return count === 1 ? 'contentUpsert' : upsertAlias(number);
}
