import type { ErrorCode } from "$generated/ErrorCode";

/** Why bytes did not come. */
export class BytesError extends Error {
  constructor(readonly code: ErrorCode) {
    super(code);
  }
}

const RETRY_MS = 500;
const codes: Record<number, ErrorCode> = {
  401: "unauthorized",
  403: "unauthorized",
  404: "notFound",
  410: "gone",
  415: "notPlayable",
  422: "notPlayable",
  429: "rateLimited",
  507: "storage",
};

/** Fetches bytes of a recording, from the first to at most the last; waits while they are still being prepared. */
export async function fetchBytes(
  url: string,
  range: [number, number],
  signal: AbortSignal,
  preparing: (preparing: boolean) => void,
): Promise<ArrayBuffer> {
  for (;;) {
    const response = await ask(url, range, signal);
    if (response.status === 202) {
      preparing(true);
      await wait(retryAfter(response), signal);
      continue;
    }
    preparing(false);
    if (response.status === 206 || response.status === 200) {
      const body = await response.arrayBuffer();
      // A server that ignores ranges sends everything: only the asked part goes on.
      const part = response.status === 200 ? body.slice(range[0], range[1] + 1) : body;
      if (part.byteLength === 0) throw new BytesError("notPlayable");
      return part;
    }
    throw new BytesError(codes[response.status] ?? "unreachable");
  }
}

async function ask(url: string, range: [number, number], signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { signal, headers: { Range: `bytes=${range[0]}-${range[1]}` } });
  } catch {
    signal.throwIfAborted();
    throw new BytesError("unreachable");
  }
}

function retryAfter(response: Response): number {
  const seconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : RETRY_MS;
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      if (signal.aborted) reject(signal.reason);
      else resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
