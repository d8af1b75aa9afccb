import { mainPlatform } from "$platform/bound";
import { mount } from "svelte";
import App from "$features/shell/App.svelte";
import { Desk } from "$features/shell/desk.svelte";
import "$lib/names";
import "./styles/base.css";

const desk = new Desk(mainPlatform());
mount(App, { target: document.querySelector("#app") as HTMLElement, props: { desk } });
await desk.start();
