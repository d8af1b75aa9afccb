import type { ErrorCode } from "$generated/ErrorCode";

/** Why bytes did not come. */
export class BytesError extends Error {
  constructor(readonly code: ErrorCode) {
    super(code);
  }
}

/** Bytes of a recording. */
export interface Part {
  bytes: ArrayBuffer;
  mime: string;
  /** Length of the file; unknown while the office is still fetching it. */
  total: number | undefined;
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

type Preparing = (preparing: boolean) => void;

/** Fetches bytes of a recording, from the first to at most the last; waits while they are still being prepared.
 * `undefined` behind its end. */
export async function fetchPart(
  url: string,
  range: [number, number],
  signal: AbortSignal,
  preparing: Preparing,
): Promise<Part | undefined> {
  const response = await wanted(url, { Range: `bytes=${range[0]}-${range[1]}` }, signal, preparing);
  if (!response) return undefined;
  const body = await response.arrayBuffer();
  const mime = (response.headers.get("Content-Type") ?? "").split(";")[0] ?? "";
  // A server that ignores ranges sends everything: only the asked part goes on.
  if (response.status === 200) {
    return { bytes: filled(body.slice(range[0], range[1] + 1)), mime, total: body.byteLength };
  }
  const total = Number(/\/(\d+)$/.exec(response.headers.get("Content-Range") ?? "")?.[1] ?? Number.NaN);
  return { bytes: filled(body), mime, total: Number.isNaN(total) ? undefined : total };
}

/** Fetches what lies at an address, whole; waits while it is still being prepared. `undefined` behind the end. */
export async function fetchWhole(url: string, signal: AbortSignal, preparing: Preparing): Promise<Blob | undefined> {
  return (await wanted(url, {}, signal, preparing))?.blob();
}

function filled(bytes: ArrayBuffer): ArrayBuffer {
  if (bytes.byteLength === 0) throw new BytesError("notPlayable");
  return bytes;
}

async function wanted(
  url: string,
  headers: Record<string, string>,
  signal: AbortSignal,
  preparing: Preparing,
): Promise<Response | undefined> {
  for (;;) {
    const response = await ask(url, headers, signal);
    if (response.status === 202) {
      preparing(true);
      await wait(retryAfter(response), signal);
      continue;
    }
    preparing(false);
    if (response.status === 206 || response.status === 200) return response;
    if (response.status === 416) return undefined;
    throw new BytesError(codes[response.status] ?? "unreachable");
  }
}

async function ask(url: string, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { signal, headers });
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
