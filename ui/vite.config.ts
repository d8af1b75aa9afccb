import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// The platform is chosen when the bundle is made, so that the production bundle holds nothing of the demo data.
const platform = process.env.VITE_PLATFORM === "demo" ? "browser" : "tauri";

// Each page is built by itself (`--mode card`, then anything else): the card's script holds only what the card uses.
export default defineConfig(({ mode }) => ({
  base: "./",
  plugins: [svelte(), ...(mode === "test" ? [svelteTesting()] : [])],
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
    modulePreload: { polyfill: false },
    // Nothing is inlined as data: URLs, which the content security policy refuses.
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: here(mode === "card" ? "./card.html" : "./index.html"),
      output: {
        // What a page begins with comes in one script; only what is fetched later comes in parts.
        codeSplitting: { groups: [{ name: mode, tags: ["$initial"] }] },
      },
      treeshake: {
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
