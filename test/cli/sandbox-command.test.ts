import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { CommandHome } from './run-command';

let home: CommandHome;
beforeEach(() => (home = new CommandHome()));
afterEach(() => home.close());
jest.setTimeout(60_000);

test.each(['cloud', 'data-center'])('the %s sandbox stays up, with a tenant file that can be used', async (flavor) => {
  const sandbox = home.start('sandbox', '--flavor', flavor, '--dir', home.folder, '--json');
  await sandbox.says(/"tenantFile"[^]*\}/);
  const { tenant, tenantFile, confluenceUrl } = JSON.parse(sandbox.stdout) as Record<string, string>;
  expect(tenantFile).toBe(join(home.folder, `${tenant}-tenant-config.yaml`));
  expect(existsSync(tenantFile ?? '')).toBe(true);
  await expect(home.run('config', 'check')).resolves.toMatchObject({ code: 0 });
  const help = await fetch(`${new URL(confluenceUrl ?? '').origin}/_sandbox`);
  expect(help.status).toBe(200);

  sandbox.signal('SIGTERM');
  await sandbox.endsWith(0);
});

test('a port in use is one sentence and 1', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as { readonly port: number };
  const { code, stderr } = await home.run('sandbox', '--port', String(port));
  taken.close();
  expect(code).toBe(1);
  expect(stderr).toContain(`Port ${port} is in use`);
});
