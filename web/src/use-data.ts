import { useCallback, useEffect, useState } from "preact/hooks";

export type Loaded<T> =
  | { readonly state: "loading" }
  | { readonly state: "ready"; readonly value: T }
  | { readonly state: "failed"; readonly error: Error };

/** What `load` gives, anew when one of `inputs` changes or `reload` is called; what there was stays until then. */
export function useData<T>(
  load: () => Promise<T>,
  inputs: readonly unknown[],
): Loaded<T> & { readonly reload: () => void } {
  const [loaded, setLoaded] = useState<Loaded<T>>({ state: "loading" });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let current = true;
    const settle = (next: Loaded<T>): void => {
      if (current) setLoaded(next);
    };
    load().then(
      (value) => settle({ state: "ready", value }),
      (error: Error) => settle({ state: "failed", error }),
    );
    return () => {
      current = false;
    };
  }, [...inputs, turn]);
  const reload = useCallback(() => setTurn((one) => one + 1), []);
  return { ...loaded, reload };
}

/** Calls `tick` every so many milliseconds while the page is there and seen. */
export function useInterval(tick: () => void, milliseconds: number): void {
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) tick();
    }, milliseconds);
    return () => clearInterval(timer);
  }, [tick, milliseconds]);
}
