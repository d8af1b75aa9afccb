import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { arrows } from "./arrows";

let list: HTMLElement;
let detach: () => void;

function show(html: string): void {
  list = document.body.appendChild(document.createElement("div"));
  list.innerHTML = html;
  detach = arrows(list);
  list.querySelector("button")?.focus();
}

afterEach(() => {
  detach();
  list.remove();
});

const here = () => document.activeElement?.textContent;

describe("arrows in a list of rows", () => {
  beforeEach(() =>
    show(
      "<div><button>a1</button><button>a2</button></div><p>nobody</p>" +
        "<div><button>b1</button><button disabled>b2</button><button>b3</button><input></div>" +
        "<div><button>c1</button></div>",
    ),
  );

  it("lead to the row above and below, and within a row past what cannot be pressed", async () => {
    const user = userEvent.setup();
    await user.keyboard("{ArrowRight}");
    expect(here()).toBe("a2");
    await user.keyboard("{ArrowDown}");
    expect(here()).toBe("b3");
    await user.keyboard("{ArrowLeft}{ArrowLeft}");
    expect(here()).toBe("b1");
    await user.keyboard("{ArrowDown}{ArrowDown}");
    expect(here()).toBe("c1");
    await user.keyboard("{Home}");
    expect(here()).toBe("a1");
    await user.keyboard("{ArrowUp}{End}");
    expect(here()).toBe("c1");
  });

  it("stay where something is written", async () => {
    const field = list.querySelector("input") as HTMLElement;
    field.focus();
    await userEvent.setup().keyboard("{ArrowDown}");
    expect(document.activeElement).toBe(field);
  });
});

describe("arrows in a list of single buttons", () => {
  it("lead to the next one, whichever way it lies", async () => {
    show("<button>a</button><button>b</button><button>c</button>");
    const user = userEvent.setup();
    await user.keyboard("{ArrowRight}{ArrowDown}");
    expect(here()).toBe("c");
    await user.keyboard("{ArrowLeft}");
    expect(here()).toBe("b");
  });
});
