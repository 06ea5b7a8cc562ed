import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, listen } from "./api.ts";

/** Milliseconds before a stream that broke is begun again. */
const PAUSE = 2000;

/** Values of a stream of the server as long as the page is there; says whether it is connected. It comes back by itself. */
export function useLive<T>(path: string, take: (value: T) => void): boolean {
  const [connected, setConnected] = useState(false);
  const latest = useRef(take);
  latest.current = take;
  useEffect(() => {
    const abort = new AbortController();
    const run = async (): Promise<void> => {
      while (!abort.signal.aborted) {
        try {
          await listen<T>(
            path,
            (value) => {
              setConnected(true);
              latest.current(value);
            },
            abort.signal,
          );
        } catch (error) {
          if (error instanceof ApiError && (error.status === 401 || error.status === 403)) return;
        }
        if (abort.signal.aborted) return;
        setConnected(false);
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
      }
    };
    void run();
    return () => abort.abort();
  }, [path]);
  return connected;
}
