/** `where` of one text field. */
export interface StringFilter {
  readonly equals?: string | null;
  readonly in?: readonly string[] | null;
  readonly startsWith?: string | null;
}

/** Whether a value satisfies a filter; a filter that says nothing, or is absent, lets everything through. */
export function satisfies(value: string | undefined, filter: StringFilter | null | undefined): boolean {
  if (!filter) return true;
  if (filter.equals !== undefined && value !== (filter.equals ?? undefined)) return false;
  if (filter.in && (value === undefined || !filter.in.includes(value))) return false;
  return !filter.startsWith || (value?.startsWith(filter.startsWith) ?? false);
}
