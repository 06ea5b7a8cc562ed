import { useEffect, useState } from "preact/hooks";

/** Milliseconds without a change after which somebody has ended typing. */
const PAUSE = 250;

/** The value once it has stayed the same for a moment. */
export function useLater<T>(value: T): T {
  const [later, setLater] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLater(value), PAUSE);
    return () => clearTimeout(timer);
  }, [value]);
  return later;
}
