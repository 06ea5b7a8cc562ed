import { presence } from "../extensions/presence/presence.ts";
import { roster } from "../extensions/roster/roster.ts";
import type { AnyExtension } from "../kernel/extension.ts";

/** Everything that can be loaded, providers before those who use them. One line for each. */
export const extensions: readonly AnyExtension[] = [roster, presence];
