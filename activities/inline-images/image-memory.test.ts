import { createImageMemory } from './image-memory';

const NEVER = new AbortController().signal;

/** Takes and says when it has. */
function taking(memory: ReturnType<typeof createImageMemory>, bytes: number, signal = NEVER) {
  const state = { has: false };
  const taken = memory.take(bytes, signal).then(() => void (state.has = true));
  return { state, taken };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('W-31 pages whose images are too much together come one after the other', async () => {
  const memory = createImageMemory(100);
  expect(memory.tryTake(60)).toBe(true);
  const second = taking(memory, 60);
  await turn();
  expect(second.state.has).toBe(false);
  memory.giveBack(60);
  await second.taken;
  memory.giveBack(60);
  expect(memory.tryTake(100)).toBe(true);
});

test('a large page is not overtaken for ever: who comes first is served first', async () => {
  const memory = createImageMemory(100);
  expect(memory.tryTake(50)).toBe(true);
  const large = taking(memory, 100);
  expect(memory.tryTake(10)).toBe(false);
  const small = taking(memory, 10);
  await turn();
  expect([large.state.has, small.state.has]).toEqual([false, false]);
  memory.giveBack(50);
  await large.taken;
  await turn();
  expect(small.state.has).toBe(false);
  memory.giveBack(95); // its body is made, and smaller
  await small.taken;
});

test('who stops waiting leaves the queue, and those behind are served', async () => {
  const memory = createImageMemory(100);
  expect(memory.tryTake(50)).toBe(true);
  const stop = new AbortController();
  const large = taking(memory, 100, stop.signal);
  const small = taking(memory, 30);
  stop.abort(new Error('stopped'));
  await expect(large.taken).rejects.toThrow('stopped');
  await small.taken;
  memory.giveBack(80);
  expect(memory.tryTake(100)).toBe(true);
  await expect(memory.take(1, stop.signal)).rejects.toThrow('stopped');
});
