import type { EngineEvents } from "./engine";

/** An audio element that tells an engine's events. */
export function audioElement(events: EngineEvents, signal: AbortSignal): HTMLAudioElement {
  const audio = new Audio();
  audio.preload = "auto";
  const on = (name: keyof HTMLMediaElementEventMap, tell: () => void) => audio.addEventListener(name, tell, { signal });
  on("timeupdate", () => events.time(audio.currentTime));
  on("playing", () => events.playing(true));
  on("play", () => events.playing(true));
  on("pause", () => events.playing(false));
  on("ended", () => events.playing(false));
  on("error", () => events.failed("notPlayable"));
  return audio;
}

/** Starts an element; a refusal to play shows as a pause. */
export function start(audio: HTMLAudioElement, events: EngineEvents): void {
  audio.play().catch((thrown: unknown) => {
    events.playing(false);
    if (thrown instanceof DOMException && thrown.name === "NotSupportedError") events.failed("notPlayable");
  });
}

/** Sets how fast it plays, now and after each load. */
export function speed(audio: HTMLAudioElement, rate: number): void {
  audio.defaultPlaybackRate = rate;
  audio.playbackRate = rate;
}

/** Puts an element at a place, now or as soon as it knows what it plays. */
export function goTo(audio: HTMLAudioElement, seconds: number, signal: AbortSignal): void {
  const go = () => (audio.currentTime = seconds);
  go();
  if (audio.readyState === audio.HAVE_NOTHING) audio.addEventListener("loadedmetadata", go, { once: true, signal });
}
