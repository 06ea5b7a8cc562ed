/** Lets everything happen that waits for nothing but its turn. */
export async function turns(count = 50): Promise<void> {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
}

/** Something that is waited for until the test opens it. */
export interface Gate {
  readonly wait: () => Promise<void>;
  /** Resolves when those who waited have gone on. */
  open(): Promise<void>;
}

export function gate(): Gate {
  const { promise, resolve } = Promise.withResolvers<void>();
  return {
    wait: () => promise,
    async open() {
      resolve();
      await turns();
    },
  };
}
