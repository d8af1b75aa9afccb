import type { CardPlatform } from "$platform/types";

/** A hidden window gets no animation frames: after this long the revision counts as painted all the same. */
const HIDDEN_MS = 32;

/** Tells the program when a revision has been painted, once for each, and how high the content is. */
export class Painting {
  #told = -1;

  constructor(private readonly platform: Pick<CardPlatform, "cardPainted" | "resizeCard">) {}

  /** To be called when a revision is in the document; gives back how to withdraw. */
  arrange(revision: number): () => void {
    const tell = () => {
      if (revision <= this.#told) return;
      this.#told = revision;
      void this.platform.cardPainted(revision);
    };
    const frame = requestAnimationFrame(tell);
    const timer = document.hidden ? setTimeout(tell, HIDDEN_MS) : undefined;
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  }

  /** Follows the height of an element; gives back how to stop. */
  follow(element: HTMLElement): () => void {
    let last = -1;
    const observer = new ResizeObserver(() => {
      const height = Math.ceil(element.getBoundingClientRect().height);
      if (height === last) return;
      last = height;
      void this.platform.resizeCard(height);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }
}
