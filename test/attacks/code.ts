import type { TestContext } from "node:test";
import type { Arena } from "./arena.ts";

/** A row, or its part, that data cannot say. */
export type Code = (arena: Arena, t: TestContext) => Promise<void>;

/** By the name under which rows call them. */
export const codes: ReadonlyMap<string, Code> = new Map();
