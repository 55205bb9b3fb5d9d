const LONGEST_MESSAGE = 200;
/** As much as is looked at: some patterns below take time with the square of the length. */
const LONGEST_INPUT = 2000;
/** Ids, type names and paths of the platform fit in here; quoted text beyond it is somebody's title or body. */
const ID_LIKE = /^[\w$.:!/[\]-]{1,40}$/;
const QUOTED = /(")([^"]*)("|$)|(`)([^`]*)(`|$)|((?<!\w)')([^']*)('(?!\w)|$)|([“„])([^”“]*)([”“]|$)|(«)([^»]*)(»|$)/gu;
const HIDDEN = '…';

/**
 * A vendor's error message in a form that may stand in logs and in Temporal's history: one line of at most 200
 * characters, without addresses (they may be pre-signed), input values, quoted text that is no id, and `privateTexts`.
 *
 * @param privateTexts titles and addresses that were sent, because a message may repeat them unquoted
 */
export function safeMessage(message: string, privateTexts: readonly string[] = []): string {
  const line = hide(message, privateTexts)
    .slice(0, LONGEST_INPUT)
    .replace(/\b[a-z][a-z0-9+.-]*:\/\/\S+/giu, '(address)')
    .replace(/\?[^\s?]+=\S+/gu, `?${HIDDEN}`)
    // Servers print a refused variable whole: `got invalid value { title: … }`.
    .replace(/\{[^]*\}|\{[^]*$/u, `{${HIDDEN}}`)
    .replace(QUOTED, hideQuoted)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  return line.length > LONGEST_MESSAGE ? `${line.slice(0, LONGEST_MESSAGE - 1)}${HIDDEN}` : line;
}

function hide(message: string, privateTexts: readonly string[]): string {
  const forms = privateTexts.flatMap((text) => [text, JSON.stringify(text).slice(1, -1)]).filter((text) => text !== '');
  const longestFirst = [...new Set(forms)].sort((a, b) => b.length - a.length);
  return longestFirst.reduce((safe, text) => {
    // A title of one or two letters is part of ordinary words: hidden only where it is quoted.
    if (text.length > 2) return safe.replaceAll(text, HIDDEN);
    return safe.replaceAll(`"${text}"`, `"${HIDDEN}"`).replaceAll(`'${text}'`, `'${HIDDEN}'`);
  }, message);
}

function hideQuoted(match: string, ...groups: unknown[]): string {
  const [open = '', text = '', close = ''] = groups.slice(0, 15).filter((group) => typeof group === 'string');
  return ID_LIKE.test(text) && close !== '' ? match : `${open}${HIDDEN}${close}`;
}
