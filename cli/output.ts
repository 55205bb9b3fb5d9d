/** A stream that a command writes to. */
export type TextStream = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** Where a command writes: results to stdout, everything that happens on the way to stderr. */
export class Output {
  constructor(
    private readonly stdout: TextStream,
    /** Also for the progress bar. */
    readonly stderr: TextStream,
    /** One JSON document on stdout and nothing else there. */
    readonly json: boolean,
  ) {}

  /** The result of the command: as JSON, or as the text that people read. */
  result(document: unknown, text: () => string): void {
    this.stdout.write(`${this.json ? JSON.stringify(document, undefined, 2) : text()}\n`);
  }

  /** Something that a person wants to know meanwhile. */
  say(sentence: string): void {
    this.stderr.write(`${sentence}\n`);
  }
}
