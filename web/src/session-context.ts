import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { SessionInfo } from "./api.ts";
import type { CommandForm } from "./command-form.ts";

export interface Present {
  readonly session: SessionInfo;
  /** Those that this account may run. */
  readonly commands: readonly CommandForm[];
}

export const PresentContext = createContext<Present | undefined>(undefined);

/** Who is logged in; only below the pages that need somebody. */
export function usePresent(): Present {
  return useContext(PresentContext)!;
}

export function useMay(): (command: string) => boolean {
  const { commands } = usePresent();
  return (command) => commands.some(({ name }) => name === command);
}
