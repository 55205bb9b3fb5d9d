import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Answer, LazyBody } from './exchange';
import type { Later } from './later';

const DROPS_PER_SECOND = 20;

/** Sends an answer; resolves when its last byte was handed over, or the receiver is gone. */
export async function sendAnswer(response: ServerResponse, answer: Answer): Promise<void> {
  writeHead(response, answer);
  const { body } = answer;
  if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) {
    response.end(body);
    return;
  }
  await writeChunks(response, body);
  response.end();
}

/** Sends an answer's body slowly, in twenty pieces a second. */
export async function sendSlowly(
  response: ServerResponse,
  answer: Answer,
  bytesPerSecond: number,
  later: Later,
): Promise<void> {
  const bytes = toBuffer(answer.body);
  const step = Math.max(1, Math.round(bytesPerSecond / DROPS_PER_SECOND));
  writeHead(response, answer);
  let at = 0;
  for (; at + step < bytes.length && !response.destroyed; at += step) {
    response.write(bytes.subarray(at, at + step));
    await later.wait((step / bytesPerSecond) * 1000);
  }
  response.end(bytes.subarray(at));
}

/** Promises the whole body, sends its first half and ends the connection. */
export async function sendHalf(response: ServerResponse, answer: Answer): Promise<void> {
  const bytes = toBuffer(answer.body);
  writeHead(response, answer);
  await new Promise<void>((resolve) => {
    response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => resolve());
  });
  response.destroy();
}

function writeHead(response: ServerResponse, { status, headers, body }: Answer): void {
  const length = status === 204 ? {} : { 'content-length': String(lengthOf(body)) };
  response.writeHead(status, STATUS_CODES[status] ?? 'Unknown', { ...headers, ...length });
}

function lengthOf(body: Answer['body']): number {
  if (body === undefined) return 0;
  if (typeof body === 'string') return Buffer.byteLength(body);
  return Buffer.isBuffer(body) ? body.length : body.size;
}

function toBuffer(body: Answer['body']): Buffer {
  if (body === undefined) return Buffer.alloc(0);
  if (typeof body === 'string') return Buffer.from(body);
  return Buffer.isBuffer(body) ? body : Buffer.concat([...body.chunks()]);
}

async function writeChunks(response: ServerResponse, body: LazyBody): Promise<void> {
  for (const chunk of body.chunks()) {
    if (response.destroyed) return;
    if (!response.write(chunk)) await drained(response);
  }
}

/** Resolves when the receiver has taken what was written, or is gone; leaves no listener behind. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}
