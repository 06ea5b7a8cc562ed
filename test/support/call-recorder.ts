import { Session } from "node:inspector/promises";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

/** One function of ours that ran. */
export interface Call {
  /** Relative to the root: `src/xml/scanner.ts`. */
  readonly file: string;
  readonly name: string;
}

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What the conditions of the breakpoints write to. */
const journal = Symbol.for("tercet.test.calls");

async function functionsOf(
  session: Session,
  action: () => Promise<void>,
): Promise<readonly (Call & Location)[]> {
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  // Empties the counters.
  await session.post("Profiler.takePreciseCoverage");
  await action();
  const { result } = await session.post("Profiler.takePreciseCoverage");
  await session.post("Profiler.stopPreciseCoverage");
  const found: (Call & Location)[] = [];
  for (const { url, scriptId, functions } of result) {
    const file = url.startsWith("file:") ? relative(root, fileURLToPath(url)) : "";
    if (!file.startsWith("src/")) continue;
    const { scriptSource } = await session.post("Debugger.getScriptSource", { scriptId });
    for (const { functionName: name, ranges } of functions) {
      if (ranges[0]!.count === 0 || !/^[\w$#]/.test(name)) continue;
      const lines = scriptSource.slice(0, ranges[0]!.startOffset).split("\n");
      found.push({ file, name, scriptId, lineNumber: lines.length - 1, columnNumber: lines.at(-1)!.length });
    }
  }
  return found;
}

interface Location {
  readonly scriptId: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/**
 * Runs `action` twice and tells which functions under `src/` the second run called, in order. The first
 * run finds them by counting; breakpoints that never stop note them in the second. Calls in other threads are not seen.
 */
export async function recordCalls(action: () => Promise<void>): Promise<readonly Call[]> {
  const calls: string[] = [];
  const session = new Session();
  session.connect();
  Object.assign(globalThis, { [journal]: calls });
  try {
    await session.post("Profiler.enable");
    await session.post("Debugger.enable");
    for (const { file, name, ...location } of await functionsOf(session, action)) {
      const note = `globalThis[Symbol.for(${JSON.stringify(journal.description)})].push(${JSON.stringify(`${file} ${name}`)})`;
      // A function that is all on one line may share its place with another; then one of the two is noted.
      await session
        .post("Debugger.setBreakpoint", { location, condition: `${note}, false` })
        .catch(() => undefined);
    }
    await action();
  } finally {
    session.disconnect();
    Reflect.deleteProperty(globalThis, journal);
  }
  return calls.map((call) => {
    const space = call.indexOf(" ");
    return { file: call.slice(0, space), name: call.slice(space + 1) };
  });
}
