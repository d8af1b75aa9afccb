import { vitePreprocess } from "@sveltejs/vite-plugin-svelte";

export default {
  preprocess: vitePreprocess(),
  compilerOptions: {
    discloseVersion: false,
    runes: ({ filename }) => (filename.includes("node_modules") ? undefined : true),
  },
};
