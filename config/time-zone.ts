/**
 * The exact spelling of an IANA time zone (`Europe/Berlin` for `europe/berlin`), or `undefined` if there is none.
 *
 * Node reads names in any case and Temporal's server does not ("unknown time zone europe/berlin", tried on server 1.32),
 * so the name is given in the spelling of Node's own data, which the server knows too. An alias becomes the zone it
 * stands for: `US/Pacific` is `America/Los_Angeles`. Offsets (`+02:00`) are no names: newer versions of Node take
 * them, the server never does.
 */
export function exactTimeZone(name: string): string | undefined {
  if (!/^[a-z]/i.test(name)) return undefined;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}
