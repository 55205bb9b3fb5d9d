import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { type RunResult, runFaults } from './run';

const HELP = `npm run faults -- [--seed N] [--runs R] [--minutes M] [--kills K] [--store sqlite|postgres] [--workers W] [--verbose]

Edits an emulated site, breaks whatever can break, kills processes, and then judges what stands in Unique.
  --seed     where all decisions come from (1)
  --runs     so many runs, each with the next seed (1)
  --minutes  how long things break (2); the quiet behind it comes on top
  --kills    how many processes are killed, as far as there is time (as many as there is time for)
  --store    sqlite, or postgres, which the suite starts itself (sqlite)
  --tenants  sites and platforms side by side (6); more of them bring more kills at work
  --workers  worker processes; more than one need postgres (1, or 2 with postgres)`;

void (async () => {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      runs: { type: 'string', default: '1' },
      minutes: { type: 'string', default: '2' },
      kills: { type: 'string' },
      store: { type: 'string', default: 'sqlite' },
      workers: { type: 'string' },
      tenants: { type: 'string', default: '6' },
      pages: { type: 'string', default: '14' },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const store = values.store;
  if (values.help || (store !== 'sqlite' && store !== 'postgres')) return void console.log(HELP);
  const minutes = Number(values.minutes);
  const kills = values.kills === undefined ? Math.round(minutes * 60) : Number(values.kills);
  const workers = Number(values.workers ?? (store === 'postgres' ? 2 : 1));
  const results: RunResult[] = [];
  for (let seed = Number(values.seed); results.length < Number(values.runs); seed++) {
    const say = values.verbose ? { say: (line: string) => console.log(line) } : {};
    const size = { tenants: Number(values.tenants), pagesPerSpace: Number(values.pages) };
    const result = await runFaults({ seed, minutes, kills, store, workers, ...size, ...say });
    results.push(result);
    print(result);
  }
  const failed = results.filter(({ violations }) => violations.length > 0);
  const killed = results.reduce((sum, one) => sum + Object.values(one.kills).reduce((all, count) => all + count, 0), 0);
  console.log(`${results.length} runs, ${killed} kills, ${failed.length} runs failed`);
  process.exitCode = failed.length === 0 ? 0 : 1;
})();

function print(result: RunResult): void {
  const { options, kills, violations } = result;
  const counts = (of: object) =>
    Object.entries(of)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ') || 'none';
  console.log(`seed ${options.seed}: ${options.minutes} min on ${options.store}, ${options.workers} workers`);
  console.log(`  kills    ${counts(kills)}; ${result.killsAtWork} while requests came`);
  console.log(`  faults   ${result.outages} outages, ${result.edits} edits, ${result.commands} commands`);
  console.log(
    `  syncs    ${counts(result.syncs)}; quiet after ${result.quietSyncs} more and ${Math.round(result.quietMs / 1000)} s`,
  );
  console.log(`  workers  ended by themselves ${result.lastWords.length} times`);
  for (const words of result.lastWords) console.log(`    ${words.trim().split('\n').at(-1)}`);
  console.log(`  items    ${result.items} wanted, ${result.goodCopies} good copies seen, ${result.removals} removed`);
  console.log(`  requests ${result.requests}`);
  console.log(`  outcome  ${violations.length === 0 ? 'Unique equals the model' : `${violations.length} DIFFERENCES`}`);
  if (violations.length === 0) return;
  for (const { key, what } of violations.slice(0, 20)) console.log(`    ${key} ${what}`);
  const dump = join(tmpdir(), `syncspace-faults-seed-${options.seed}.json`);
  writeFileSync(dump, JSON.stringify(result, undefined, 2));
  console.log(`  All decisions, differences and the requests of each differing item: ${dump}`);
}
