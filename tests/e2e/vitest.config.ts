import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['specs/**/*.test.ts'],
    // One window system and one screen: the tests take turns.
    fileParallelism: false,
    // As for the Rust tests: a busy computer may be late once. What passes at its second try is printed as retried.
    retry: 1,
    testTimeout: 90_000,
    hookTimeout: 60_000,
    reporters: ['verbose'],
  },
});
