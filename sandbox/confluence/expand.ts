/** The `expand` parameter: which parts of a row are asked for. Unknown names are ignored, as Confluence does. */
export class Expand {
  private readonly names: ReadonlySet<string>;

  constructor(readonly text: string) {
    const names = new Set<string>();
    for (const path of text.split(',')) {
      let name = '';
      for (const part of path.trim().split('.')) {
        if (part === '') continue;
        name = name === '' ? part : `${name}.${part}`;
        names.add(name);
      }
    }
    this.names = names;
  }

  /** Whether a part, or something inside it, is asked for. */
  has(name: string): boolean {
    return this.names.has(name);
  }

  get isEmpty(): boolean {
    return this.names.size === 0;
  }

  /** What is asked for inside of `name`. */
  inside(name: string): Expand {
    const prefix = `${name}.`;
    const inner = [...this.names].filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
    return new Expand(inner.join(','));
  }
}
