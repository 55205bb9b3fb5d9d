import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const read = (file: string): string => readFileSync(join(__dirname, '..', file), 'utf8');

test('what Docker sees of a checkout is what the build reads', () => {
  const { include } = z.object({ include: z.array(z.string()) }).parse(JSON.parse(read('tsconfig.json')));
  const visible = [...read('.dockerignore').matchAll(/^!(\w+)\/$/gm)].map(([, folder]) => folder);
  expect(visible).toEqual(include.filter((folder) => folder !== 'test'));
});

test('the image runs a Node that the package supports, and not as root', () => {
  const dockerfile = read('Dockerfile');
  expect(dockerfile).toMatch(/^FROM node:2[0-4]-\S+ AS base$/m);
  expect(dockerfile).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m);
});

test('the compose file holds no secret and publishes nothing beyond this machine', () => {
  const compose = read('docker-compose.yml');
  const passwords = [...compose.matchAll(/(?:PASSWORD|PWD): (.*)$/gm)].map(([, value]) => value);
  expect(passwords.length).toBeGreaterThan(0);
  for (const value of passwords) expect(value).toMatch(/^(&password \$\{POSTGRES_PASSWORD:\?.*\}|\*password)$/);
  const ports = [...compose.matchAll(/^ +- '(.*:\d+:\d+)'$/gm)].map(([, port]) => port);
  expect(ports).toEqual(['127.0.0.1:7233:7233', '127.0.0.1:8080:8080']);
});
