import { tenantJsonSchema } from './json-schema';

describe('tenantJsonSchema', () => {
  const schema = JSON.parse(JSON.stringify(tenantJsonSchema()));

  it('is a draft that editors understand, and refuses unknown keys', () => {
    expect(schema).toMatchObject({ $schema: 'http://json-schema.org/draft-07/schema#', additionalProperties: false });
  });

  it('requires what a file cannot do without and nothing else', () => {
    expect(schema.required).toEqual(['confluence', 'unique', 'ingestion']);
    expect(schema.properties.ingestion.required).toEqual(['scopeId']);
  });

  it('shows the defaults', () => {
    const { processing, deletion, verify, schedule } = schema.properties;
    expect(processing.properties.scanIntervalCron.default).toBe('*/15 * * * *');
    expect([deletion, verify, schedule].map((section) => Object.values(section.properties).map(defaultOf))).toEqual([
      [30, 5, 60],
      [1, 24, 10],
      [true, 'UTC'],
    ]);
  });

  it('offers a way to log in for each kind of Confluence', () => {
    const [cloud, dataCenter] = schema.properties.confluence.oneOf;
    expect(cloud.properties.auth.properties.mode.const).toBe('oauth_2lo');
    expect(dataCenter.properties.auth.oneOf.map(modeOf)).toEqual(['oauth_2lo', 'pat', 'basic']);
  });
});

function defaultOf(property: unknown): unknown {
  return (property as { default?: unknown }).default;
}

function modeOf(alternative: { properties: { mode: { const: string } } }): string {
  return alternative.properties.mode.const;
}
