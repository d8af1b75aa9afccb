//! Just enough of PNG to see whether a picture shows anything.

import { inflateSync } from 'node:zlib';

/** The colours of a picture of 8 bits per channel without interlacing, and how many pixels have each. */
export function colours(file: Buffer): Map<number, number> {
  const width = file.readUInt32BE(16);
  const height = file.readUInt32BE(20);
  const [depth, kind, interlaced] = [file[24], file[25], file[28]];
  const channels = kind === 6 ? 4 : 3;
  if (depth !== 8 || (kind !== 2 && kind !== 6) || interlaced)
    throw new Error('no picture of the kind that drivers take');
  const lines = inflateSync(Buffer.concat([...pieces(file)]));
  const stride = width * channels;
  const found = new Map<number, number>();
  let above: Buffer = Buffer.alloc(stride);
  for (let row = 0; row < height; row++) {
    const start = row * (stride + 1);
    const line = unfiltered(lines[start] as number, lines.subarray(start + 1, start + 1 + stride), above, channels);
    for (let at = 0; at < stride; at += channels) {
      const colour = line.readUIntBE(at, 3);
      found.set(colour, (found.get(colour) ?? 0) + 1);
    }
    above = line;
  }
  return found;
}

function* pieces(file: Buffer): Generator<Buffer> {
  for (let at = 8; at < file.length;) {
    const length = file.readUInt32BE(at);
    if (file.toString('latin1', at + 4, at + 8) === 'IDAT') yield file.subarray(at + 8, at + 8 + length);
    at += length + 12;
  }
}

function unfiltered(filter: number, coded: Buffer, above: Buffer, channels: number): Buffer {
  const line = Buffer.from(coded);
  for (let at = 0; filter !== 0 && at < line.length; at++) {
    const left = at < channels ? 0 : (line[at - channels] as number);
    const up = above[at] as number;
    let guess = left;
    if (filter === 2) guess = up;
    else if (filter === 3) guess = (left + up) >> 1;
    else if (filter === 4) guess = paeth(left, up, at < channels ? 0 : (above[at - channels] as number));
    line[at] = ((coded[at] as number) + guess) & 0xff;
  }
  return line;
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [byLeft, byUp, byCorner] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (byLeft <= byUp && byLeft <= byCorner) return left;
  return byUp <= byCorner ? up : corner;
}
