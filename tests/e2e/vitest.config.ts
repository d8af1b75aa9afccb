import { defineConfig } from 'vitest/config';
import type { Reporter, TestCase } from 'vitest/node';

/** Names the tests that passed only at their second try, after all others were told. */
class Retried implements Reporter {
  private readonly names: string[] = [];

  onTestCaseResult(test: TestCase): void {
    if ((test.diagnostic()?.retryCount ?? 0) > 0) this.names.push(`${test.module.relativeModuleId}: ${test.fullName}`);
  }

  onTestRunEnd(): void {
    for (const name of this.names) console.warn(`tried again: ${name}`);
  }
}

export default defineConfig({
  test: {
    include: ['specs/**/*.test.ts'],
    // One window system and one screen: the tests take turns.
    fileParallelism: false,
    testTimeout: 90_000,
    // A window system under load misses a deadline now and then; a fault of ours shows twice.
    retry: 1,
    hookTimeout: 60_000,
    reporters: ['verbose', new Retried()],
  },
});
