import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// The platform is chosen when the bundle is made, so that the production bundle holds nothing of the demo data.
const platform = process.env.VITE_PLATFORM === "demo" ? "browser" : "tauri";

/**
 * In place of Vite's helper, which waits for the styles of a part and is larger than the parts of the card: all styles
 * of the card come in one file with its page.
 */
const noPreload: Plugin = {
  name: "no-preload",
  enforce: "pre",
  load: {
    filter: { id: /vite\/preload-helper/ },
    handler: () => "export const __vitePreload = (load) => load();",
  },
};

// Each page is built by itself (`--mode card`, then anything else): the card's script holds only what the card uses.
export default defineConfig(({ mode }) => ({
  base: "./",
  plugins: [svelte(), ...(mode === "card" ? [noPreload] : []), ...(mode === "test" ? [svelteTesting()] : [])],
  resolve: {
    alias: {
      "$platform/bound": here(`./src/platform/${platform}.ts`),
      $platform: here("./src/platform"),
      $generated: here("./src/generated"),
      $lib: here("./src/lib"),
      $messages: here("./src/messages"),
      $features: here("./src/features"),
      $tests: here("./tests"),
    },
  },
  build: {
    target: "es2022",
    manifest: `manifest-${mode}.json`,
    emptyOutDir: mode !== "card",
    cssCodeSplit: mode !== "card",
    modulePreload: { polyfill: false },
    // Nothing is inlined as data: URLs, which the content security policy refuses.
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: here(mode === "card" ? "./card.html" : "./index.html"),
      output: {
        // What a page begins with comes in one script; only what is fetched later comes in parts.
        codeSplitting: { groups: [{ name: mode, tags: ["$initial"] }] },
      },
      // Names of numbers cost more than the numbers.
      optimization: { inlineConst: { mode: "all" } },
      treeshake: {
        propertyReadSideEffects: false,
        unknownGlobalSideEffects: false,
        // Modules of these that nothing is taken from, such as Svelte's custom elements, do nothing that a page needs.
        moduleSideEffects: [{ test: /\/node_modules\/(svelte|@tauri-apps)\//, sideEffects: false }],
      },
    },
  },
  server: { host: "127.0.0.1", port: 5173, strictPort: true },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.ts"],
    setupFiles: ["tests/setup.ts"],
    restoreMocks: true,
  },
}));
