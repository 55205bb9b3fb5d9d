import type { ConfluenceContext } from './context';

/**
 * An instant as v1 writes it: in UTC on Cloud, with the server's offset on Data Center.
 *
 * @param instant milliseconds since the epoch
 */
export function timestamp(instant: number, { flavor, switches }: ConfluenceContext): string {
  const { timezoneOffsetMinutes: offset } = switches;
  if (flavor === 'cloud' || offset === 0) return new Date(instant).toISOString();
  const local = new Date(instant + offset * 60_000).toISOString().slice(0, -1);
  const minutes = Math.abs(offset);
  const hours = String(Math.floor(minutes / 60)).padStart(2, '0');
  return `${local}${offset < 0 ? '-' : '+'}${hours}:${String(minutes % 60).padStart(2, '0')}`;
}
