import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { ApiError, ask, listen } from "./api.ts";
import { Notice } from "./controls.tsx";
import { useTexts } from "./i18n.ts";
import { addProgress } from "./progress-lines.ts";

export type CallEvent =
  | { readonly note: string }
  | { readonly line: string; readonly goesOn: boolean }
  | { readonly status: number; readonly value: unknown };

export interface CallState {
  readonly id: string | undefined;
  readonly phase: "idle" | "running" | "cancelling" | "done" | "failed" | "cut";
  readonly lines: readonly string[];
  readonly notes: readonly string[];
  /** When it is done. */
  readonly value: unknown;
  /** Why it failed. */
  readonly message: string;
}

const IDLE: CallState = { id: undefined, phase: "idle", lines: [], notes: [], value: undefined, message: "" };

export interface RunningCall {
  readonly state: CallState;
  run(command: string, args: object): void;
  follow(id: string): void;
  cancel(): void;
}

function step(state: CallState, event: CallEvent): CallState {
  if ("note" in event) return { ...state, notes: [...state.notes, event.note] };
  if ("line" in event) return { ...state, lines: addProgress(state.lines, event.line) };
  if (event.status < 400) return { ...state, phase: "done", value: event.value };
  const { value } = event;
  const message =
    typeof value === "string" ? value : String((value as { message?: unknown }).message ?? value);
  return { ...state, phase: "failed", message };
}

/** A command that may take long. It runs on when the page is left. */
export function useCall(): RunningCall {
  const [state, setState] = useState(IDLE);
  const abort = useRef<AbortController>(undefined);
  useEffect(() => () => abort.current?.abort(), []);
  const follow = useCallback(async (id: string) => {
    abort.current?.abort();
    const own = new AbortController();
    abort.current = own;
    setState({ ...IDLE, id, phase: "running" });
    try {
      await listen<CallEvent>(
        `follow?id=${encodeURIComponent(id)}`,
        (event) => setState((now) => step(now, event)),
        own.signal,
      );
    } catch {
      if (own.signal.aborted) return;
    }
    // The server went away in the middle: that is how a stop ends.
    setState((now) =>
      now.phase === "running" || now.phase === "cancelling" ? { ...now, phase: "cut" } : now,
    );
  }, []);
  const run = useCallback(
    async (command: string, args: object) => {
      setState({ ...IDLE, phase: "running" });
      try {
        const { id } = await ask<{ readonly id: string }>("calls", { command, arguments: args });
        await follow(id);
      } catch (error) {
        const message = error instanceof ApiError ? error.message : String(error);
        setState({ ...IDLE, phase: "failed", message });
      }
    },
    [follow],
  );
  const cancel = useCallback(() => {
    setState((now) => {
      if (now.id === undefined || now.phase !== "running") return now;
      ask("cancel", { id: now.id }).catch(() => {});
      return { ...now, phase: "cancelling" };
    });
  }, []);
  return {
    state,
    run: (command, args) => void run(command, args),
    follow: (id) => void follow(id),
    cancel,
  };
}

/** How far it is, with a way to end it. */
export function CallProgress({ call }: { readonly call: RunningCall }) {
  const { t } = useTexts();
  const { phase, lines, notes, message } = call.state;
  if (phase === "idle") return null;
  return (
    <div class="progress">
      {lines.length > 0 && (
        <pre aria-live="polite" lang="en">
          {lines.join("\n")}
        </pre>
      )}
      {notes.map((note) => (
        <p key={note} class="hint" lang="en">
          {note}
        </p>
      ))}
      {phase === "running" && (
        <p role="status">
          {t("run.running")}{" "}
          <button type="button" onClick={call.cancel}>
            {t("run.cancel")}
          </button>
        </p>
      )}
      {phase === "cancelling" && <p role="status">{t("run.cancelling")}</p>}
      {phase === "failed" && <Notice kind="problem">{t("run.failed", { message })}</Notice>}
    </div>
  );
}
