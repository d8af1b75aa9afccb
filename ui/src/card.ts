import { cardPlatform } from "$platform/bound";
import { mount } from "svelte";
import CardApp from "$features/card/CardApp.svelte";
import { Cards } from "$features/card/cards.svelte";
import "./styles/base.css";

const platform = cardPlatform();
const cards = new Cards(platform);
mount(CardApp, { target: document.querySelector("#app") as HTMLElement, props: { cards, platform } });
await cards.start();
void import("$lib/names");
