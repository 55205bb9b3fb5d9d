/**
 * Plain values as YAML for people: sections are indented, everything else is JSON, which YAML includes.
 *
 * @see https://yaml.org/spec/1.2.2/ (relation to JSON)
 */
export function toYaml(section: Readonly<Record<string, unknown>>, indent = ''): string {
  return Object.entries(section)
    .map(([key, value]) => {
      if (!isSection(value)) return `${indent}${key}: ${JSON.stringify(value)}\n`;
      return `${indent}${key}:\n${toYaml(value, `${indent}  `)}`;
    })
    .join('');
}

/** An empty section would be read as null when written as one. */
function isSection(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
}
