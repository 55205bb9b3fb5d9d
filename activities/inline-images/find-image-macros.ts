import { decodeHTMLStrict } from 'entities';
import { Tokenizer, type TokenizerCallbacks } from 'htmlparser2';
import {
  type BodyRange,
  imageAttributes,
  type ImageMacro,
  imageReference,
  type MacroElement,
} from '../../rules/storage-images';

const MACRO = 'ac:image';
const CAPTION = 'ac:caption';
/** Elements that may be open inside a macro. Real ones need about five; one with more was never closed. */
const MAX_DEPTH = 50;

/**
 * The image macros of a body in storage format, in their order, with exact offsets. Never throws, whatever the body.
 *
 * A macro is what opens, holds well-nested elements and closes. One that closes itself holds nothing; one that is not
 * closed before what surrounds it, or before another macro opens, would swallow text that is not its own: neither
 * counts. What is written in CDATA sections (code blocks) and comments is text, not elements.
 */
export function findImageMacros(body: string): readonly ImageMacro[] {
  if (!body.includes(`<${MACRO}`)) return [];
  const reader = new MacroReader(body);
  // The tokenizer alone: a parser would also close what is open at the end, and builds a stack of the whole body.
  const tokenizer = new Tokenizer({ xmlMode: true, decodeEntities: false }, reader);
  tokenizer.write(body);
  tokenizer.end();
  return reader.macros;
}

interface OpenMacro {
  readonly start: number;
  readonly attributes: ReadonlyMap<string, string>;
  readonly elements: MacroElement[];
  readonly captions: BodyRange[];
  readonly path: string[];
  captionStart: number;
}

class MacroReader implements TokenizerCallbacks {
  readonly macros: ImageMacro[] = [];
  #tag = { name: '', start: 0, attributes: new Map<string, string>() };
  #attribute = { name: '', value: '' };
  #open: OpenMacro | undefined;

  constructor(private readonly body: string) {}

  onopentagname(start: number, end: number): void {
    this.#tag = { name: this.body.slice(start, end), start: start - 1, attributes: new Map() };
  }

  onattribname(start: number, end: number): void {
    this.#attribute = { name: this.body.slice(start, end), value: '' };
  }

  onattribdata(start: number, end: number): void {
    this.#attribute.value += this.body.slice(start, end);
  }

  onattribend(): void {
    if (!this.#isOfInterest()) return;
    this.#tag.attributes.set(this.#attribute.name, decodeHTMLStrict(this.#attribute.value));
  }

  onopentagend(): void {
    const { name, start, attributes } = this.#tag;
    if (name === MACRO) {
      this.#open = { start, attributes, elements: [], captions: [], path: [], captionStart: -1 };
      return;
    }
    const open = this.#open;
    if (open === undefined) return;
    this.#addElement(open);
    if (name === CAPTION && open.path.length === 0) open.captionStart = start;
    open.path.push(name);
    if (open.path.length > MAX_DEPTH) this.#open = undefined;
  }

  onselfclosingtag(): void {
    if (this.#tag.name === MACRO) this.#open = undefined;
    else if (this.#open !== undefined) this.#addElement(this.#open);
  }

  onclosetag(start: number, nameEnd: number): void {
    const open = this.#open;
    if (open === undefined) return;
    const name = this.body.slice(start, nameEnd);
    const end = this.body.indexOf('>', nameEnd) + 1;
    if (end === 0) return;
    const innermost = open.path.pop();
    if (innermost === undefined && name === MACRO) this.#close(open, end);
    else if (innermost !== name) this.#open = undefined;
    else if (name === CAPTION && open.path.length === 0) open.captions.push({ start: open.captionStart, end });
  }

  #close({ start, attributes, elements, captions }: OpenMacro, end: number): void {
    this.#open = undefined;
    this.macros.push({
      start,
      end,
      reference: imageReference(elements),
      attributes: imageAttributes(attributes),
      captions,
    });
  }

  #addElement({ elements, path }: OpenMacro): void {
    const { name, attributes } = this.#tag;
    if (name.startsWith('ri:')) elements.push({ name, path: [...path], attributes });
  }

  /** Decoding costs; most attributes of a body belong to neither. */
  #isOfInterest(): boolean {
    return this.#tag.name === MACRO || (this.#open !== undefined && this.#tag.name.startsWith('ri:'));
  }

  // What has no part in a macro's structure: text, also in CDATA sections and comments.
  oncdata(): void {}
  oncomment(): void {}
  ondeclaration(): void {}
  onprocessinginstruction(): void {}
  ontext(): void {}
  ontextentity(): void {}
  onattribentity(): void {}
  onend(): void {}
}
