import type { RecordingView } from "$generated/RecordingView";
import { inLanguage } from "./english";

const RATE = 8000;

/** A two-lane recording with as much sound as its waveform shows. */
export function recordingOf(id: string, lengthMs: number): RecordingView {
  const points = 600;
  return {
    id,
    mime: "audio/wav",
    durationMs: lengthMs,
    bytes: (RATE * lengthMs) / 1000 + 44,
    lanes: [lane(points, 0), lane(points, 1)],
    seconds: [],
    agent: inLanguage("Ирина"),
  };
}

function lane(points: number, side: number): number[] {
  return Array.from({ length: points }, (_, index) => {
    const speaks = Math.sin(index / 23 + side * 3) + Math.sin(index / 61) * 0.6 > 0.45;
    const rough = Math.abs(Math.sin(index * 12.9898 + side) * 43758.5453) % 1;
    return Math.round(speaks ? 60 + rough * 190 : rough * 8);
  });
}

/** A WAV file of that length with a quiet tone, as an address that can be fetched. */
export function toneUrl(lengthMs: number): string {
  const samples = Math.round((RATE * lengthMs) / 1000);
  const file = new DataView(new ArrayBuffer(44 + samples));
  const text = (at: number, word: string) => [...word].forEach((c, i) => file.setUint8(at + i, c.charCodeAt(0)));
  text(0, "RIFF");
  file.setUint32(4, 36 + samples, true);
  text(8, "WAVEfmt ");
  file.setUint32(16, 16, true);
  file.setUint16(20, 1, true);
  file.setUint16(22, 1, true);
  file.setUint32(24, RATE, true);
  file.setUint32(28, RATE, true);
  file.setUint16(32, 1, true);
  file.setUint16(34, 8, true);
  text(36, "data");
  file.setUint32(40, samples, true);
  for (let index = 0; index < samples; index++) file.setUint8(44 + index, 128 + 12 * Math.sin(index / 6));
  return URL.createObjectURL(new Blob([file.buffer], { type: "audio/wav" }));
}
