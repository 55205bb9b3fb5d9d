import { Lexer, LineCounter, Parser, parseDocument } from 'yaml';
import type { ErrorCode, YAMLError } from 'yaml';

/** What a tenant file holds, not checked yet. */
export interface YamlMapping {
  readonly mapping: Readonly<Record<string, unknown>>;
}

/** Why a text is no YAML mapping. */
export interface YamlFault {
  /** `line 3`, or empty where no line is to blame. */
  readonly path: string;
  readonly message: string;
  readonly remedy: string;
}

const MAX_DEPTH = 100;
const REMEDY = 'Correct the YAML; quote values that hold special characters.';

/*
 * Our own words for the usual mistakes. The library's words are not used: they quote the text around the error, and
 * that text may be a secret.
 */
const EXPLANATIONS: Partial<Record<ErrorCode, string>> = {
  BAD_INDENT: 'the indentation does not fit the lines around it',
  BLOCK_AS_IMPLICIT_KEY: 'a second colon stands in one line, or the indentation is wrong',
  DUPLICATE_KEY: 'a key stands there for the second time',
  MISSING_CHAR: 'a colon with a blank behind it, a quote or a bracket is missing',
  MULTIPLE_DOCS: 'a second document begins (---)',
  NON_STRING_KEY: 'a list or a group of keys stands where a key belongs',
  TAB_AS_INDENT: 'a tab is used for indentation',
  TAG_RESOLVE_FAILED: 'a value begins with an exclamation mark and needs quotes',
  BAD_ALIAS: 'a value begins with an asterisk and needs quotes',
};

/**
 * Parses a YAML text whose top level is a mapping. Never throws, and never repeats anything that stands in the text.
 *
 * Anchors and aliases work; tags of one's own and a second document do not. A key that stands twice is an error.
 */
export function parseYamlMapping(text: string): YamlMapping | readonly YamlFault[] {
  if (isTooDeep(text)) return [{ path: '', message: `is nested deeper than ${MAX_DEPTH} levels`, remedy: REMEDY }];
  const lines = new LineCounter();
  // At level `error` warnings are not printed; `silent` would let a second document pass.
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'error',
    stringKeys: true,
  });
  const faults = [...document.errors, ...document.warnings].map((error) => toFault(error, lines));
  if (faults.length > 0) return faults;

  let value: unknown;
  try {
    value = document.toJS();
  } catch {
    // An alias without its anchor, or aliases that multiply without end.
    return [{ path: '', message: 'has an alias (*name) that cannot be followed', remedy: REMEDY }];
  }
  if (isMapping(value)) return { mapping: value };
  const kind = value === null ? 'is empty' : 'is not a mapping of keys to values';
  return [{ path: '', message: kind, remedy: 'Begin it with keys such as confluence: at the start of a line.' }];
}

/**
 * The composer recurses. It catches an exhausted stack, but V8 ends the whole process when the stack runs out inside a
 * regular expression (seen on Node 20), so the depth is counted before, by the parser, which keeps a stack of its own.
 */
function isTooDeep(text: string): boolean {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    // The tokens are not wanted, only that the parser gets on.
    Array.from(parser.next(lexeme));
    if (parser.stack.length > MAX_DEPTH) return true;
  }
  return false;
}

function toFault(error: YAMLError, lines: LineCounter): YamlFault {
  const { line, col } = lines.linePos(error.pos[0]);
  const explanation = EXPLANATIONS[error.code] ?? 'the text cannot be understood from here on';
  return { path: `line ${line}`, message: `is not valid YAML at column ${col}: ${explanation}`, remedy: REMEDY };
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
