import type { Benchmark, Load } from "./benchmark.ts";

const HANDLERS = 10;

export async function benchmarks(load: Load): Promise<readonly Benchmark[]> {
  const { hook, Hooks } = await load<typeof import("../../src/kernel/hooks.ts")>("src/kernel/hooks.ts");
  const point = hook<{ seen: number }>()("measured", "only");
  const hooks = new Hooks();
  for (let at = 0; at < HANDLERS; at++)
    hooks.on(point, "only", "bench", (value) => {
      value.seen++;
    });
  return [
    {
      name: `hooks: ${HANDLERS} handlers, none waits`,
      run(count) {
        for (let at = 0; at < count; at++) void hooks.run(point, { seen: 0 }, () => undefined);
      },
    },
  ];
}
