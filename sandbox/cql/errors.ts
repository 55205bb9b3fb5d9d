/** Thrown when Confluence would answer 400 to a CQL text; `message` is what it says behind the name of its Java class. */
export class CqlError extends Error {
  override readonly name = 'CqlError';
}

/** What Confluence says to text that is not CQL, whatever the reason. */
export function couldNotParse(cql: string): CqlError {
  return new CqlError(`Could not parse cql : ${cql}`);
}
