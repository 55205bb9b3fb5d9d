import type { ImageMemory } from '../context';

interface Waiting {
  readonly bytes: number;
  go(): void;
}

/**
 * Memory that the pages with images of all slices of a process share. Who comes first is served first, so that a large
 * page is not overtaken for ever.
 *
 * Whoever waits must hold nothing that others wait for: see `makeRoom` in the slice.
 */
export function createImageMemory(bytes: number): ImageMemory {
  let free = bytes;
  const waiting: Waiting[] = [];

  function serve(): void {
    for (let first = waiting[0]; first !== undefined && first.bytes <= free; first = waiting[0]) {
      waiting.shift();
      free -= first.bytes;
      first.go();
    }
  }

  return {
    bytes,

    tryTake(wanted) {
      if (waiting.length > 0 || wanted > free) return false;
      free -= wanted;
      return true;
    },

    take(wanted, signal) {
      return new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const one: Waiting = { bytes: wanted, go: () => (signal.removeEventListener('abort', stop), resolve()) };
        const stop = (): void => {
          waiting.splice(waiting.indexOf(one), 1);
          reject(signal.reason as Error);
          serve();
        };
        signal.addEventListener('abort', stop, { once: true });
        waiting.push(one);
        serve();
      });
    },

    giveBack(taken) {
      free += taken;
      serve();
    },
  };
}
