/** A code block. */
export function code(language: string, text: string): string {
  const parameter = `<ac:parameter ac:name="language">${language}</ac:parameter>`;
  const body = `<ac:plain-text-body><![CDATA[${text}]]></ac:plain-text-body>`;
  return `<ac:structured-macro ac:name="code" ac:schema-version="1">${parameter}${body}</ac:structured-macro>`;
}

/** An info panel around other markup. */
export function info(inner: string): string {
  return `<ac:structured-macro ac:name="info" ac:schema-version="1"><ac:rich-text-body>${inner}</ac:rich-text-body></ac:structured-macro>`;
}

/** A macro without content, such as `toc` or `children`. */
export function macro(name: string): string {
  return `<ac:structured-macro ac:name="${name}" ac:schema-version="1" />`;
}

/** An image that is attached to the page itself. */
export function image(filename: string): string {
  return `<ac:image ac:width="400"><ri:attachment ri:filename="${filename}" /></ac:image>`;
}

/** An image that is attached to another page. */
export function imageOf(page: string, filename: string, spaceKey: string): string {
  const reference = `<ri:page ri:space-key="${spaceKey}" ri:content-title="${page}" />`;
  return `<ac:image><ri:attachment ri:filename="${filename}">${reference}</ri:attachment></ac:image>`;
}

/** A link to another page of the same space. */
export function pageLink(title: string): string {
  return `<ac:link><ri:page ri:content-title="${title}" /><ac:link-body>${title}</ac:link-body></ac:link>`;
}

/** A list of tasks that nobody has done yet. */
export function tasks(...texts: readonly string[]): string {
  const items = texts.map(
    (text, index) =>
      `<ac:task><ac:task-id>${index + 1}</ac:task-id><ac:task-status>incomplete</ac:task-status><ac:task-body>${text}</ac:task-body></ac:task>`,
  );
  return `<ac:task-list>${items.join('')}</ac:task-list>`;
}

/** A table whose first row is its head. */
export function table(...rows: readonly (readonly string[])[]): string {
  const lines = rows.map((cells, index) => {
    const name = index === 0 ? 'th' : 'td';
    return `<tr>${cells.map((cell) => `<${name}><p>${cell}</p></${name}>`).join('')}</tr>`;
  });
  return `<table><tbody>${lines.join('')}</tbody></table>`;
}
