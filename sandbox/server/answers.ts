import type { Answer } from './exchange';

const JSON_HEADERS = { 'content-type': 'application/json;charset=UTF-8' };
const HTML_HEADERS = { 'content-type': 'text/html;charset=UTF-8' };

/** A JSON answer. */
export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { ...JSON_HEADERS, ...headers }, body: JSON.stringify(value) };
}

/** An HTML answer. */
export function html(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { ...HTML_HEADERS, ...headers }, body };
}

/** The page that Confluence's servlet container answers with when the application did not get to see the request. */
export function tomcatPage(status: number, reason: string, headers: Readonly<Record<string, string>> = {}): Answer {
  const title = `HTTP Status ${status} – ${reason}`;
  return html(
    status,
    `<!doctype html><html lang="en"><head><title>${title}</title></head><body><h1>${title}</h1><hr class="line" /></body></html>`,
    headers,
  );
}

/** What a proxy or an expired login answers instead of data: status 200 and a form. */
export function loginPage(): Answer {
  return html(
    200,
    '<!DOCTYPE html>\n<html><head><title>Log in - Confluence</title></head><body><form action="/dologin.action" method="post"><input name="os_username" /><input name="os_password" type="password" /></form></body></html>\n',
  );
}

/** What the gateway in front of a product answers when it does not. */
export function gatewayPage(status: number, reason: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return html(
    status,
    `<html>\r\n<head><title>${status} ${reason}</title></head>\r\n<body>\r\n<center><h1>${status} ${reason}</h1></center>\r\n</body>\r\n</html>\r\n`,
    headers,
  );
}
