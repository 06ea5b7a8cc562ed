import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { ApiError } from "./api.ts";
import { useTexts } from "./i18n.ts";
import { navigate, pathOf, type Route } from "./route.ts";

interface LinkProps {
  readonly to: Route;
  readonly children: ComponentChildren;
  readonly class?: string;
  readonly current?: boolean;
  /** Before the page changes. */
  readonly followed?: () => void;
}

export function Link({ to, children, class: classes, current, followed }: LinkProps) {
  const follow = (event: MouseEvent): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    followed?.();
    navigate(to);
  };
  return (
    <a
      class={classes}
      aria-current={current === true ? "page" : undefined}
      href={pathOf(to)}
      onClick={follow}
    >
      {children}
    </a>
  );
}

interface FieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  /** Gets the attributes that tie it to its label. */
  readonly children: (ties: {
    readonly id: string;
    readonly "aria-describedby": string | undefined;
  }) => ComponentChildren;
}

export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId();
  const described = hint === undefined && error === undefined ? undefined : `${id}-hint`;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({ id, "aria-describedby": described })}
      {described !== undefined && (
        <p id={described} class={error === undefined ? "hint" : "problem"}>
          {error ?? hint}
        </p>
      )}
    </div>
  );
}

interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly set: (value: string) => void;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly type?: "text" | "password" | "search" | "number";
  readonly required?: boolean;
  readonly autocomplete?: string;
  readonly placeholder?: string | undefined;
  /** Several lines. */
  readonly long?: boolean;
}

export function TextField({ label, value, set, hint, error, long, type, ...more }: TextFieldProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(ties) =>
        long === true ? (
          <textarea
            {...ties}
            {...more}
            rows={3}
            value={value}
            onInput={(event) => set(event.currentTarget.value)}
          />
        ) : (
          <input
            {...ties}
            {...more}
            // Which of them it is makes no difference to what else may stand here.
            type={(type ?? "text") as "text"}
            value={value}
            spellcheck={false}
            autocapitalize="none"
            onInput={(event) => set(event.currentTarget.value)}
          />
        )
      }
    </Field>
  );
}

interface ChoiceFieldProps {
  readonly label: string;
  readonly value: string;
  readonly set: (value: string) => void;
  readonly choices: readonly (readonly [value: string, text: string])[];
}

export function ChoiceField({ label, value, set, choices }: ChoiceFieldProps) {
  return (
    <Field label={label}>
      {(ties) => (
        <select {...ties} value={value} onChange={(event) => set(event.currentTarget.value)}>
          {choices.map(([one, text]) => (
            <option key={one} value={one} selected={one === value}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** What a screen reader says at once; empty when there is nothing to say. */
export function Notice({
  kind,
  children,
}: {
  readonly kind: "done" | "problem";
  readonly children: ComponentChildren;
}) {
  return (
    <div role={kind === "problem" ? "alert" : "status"} class={`notice ${kind}`}>
      {children}
    </div>
  );
}

export function Failure({ error, retry }: { readonly error: Error; readonly retry?: () => void }) {
  const { t } = useTexts();
  const unreachable = error instanceof ApiError && error.status === 0;
  return (
    <Notice kind="problem">
      {unreachable ? t("app.unreachable") : error.message}{" "}
      {retry !== undefined && (
        <button type="button" onClick={retry}>
          {t("app.retry")}
        </button>
      )}
    </Notice>
  );
}

/** The page's heading, which gets the focus when the page comes: so a screen reader says where one is. */
export function Heading({ children }: { readonly children: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { t } = useTexts();
  useEffect(() => {
    document.title = `${children} · ${t("app.name")}`;
    heading.current?.focus();
  }, [children]);
  return (
    <h1 tabIndex={-1} ref={heading}>
      {children}
    </h1>
  );
}

interface DialogProps {
  readonly title: string;
  readonly close: () => void;
  readonly children: ComponentChildren;
}

/** The browser keeps the focus inside and closes it with Escape. */
export function Dialog({ title, close, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={close}>
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}

/** A form that sends itself nowhere. */
export function Form({
  submit,
  children,
}: {
  readonly submit: () => void;
  readonly children: ComponentChildren;
}) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {children}
    </form>
  );
}

interface TableProps {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly ComponentChildren[])[];
  readonly keys?: readonly string[];
  readonly empty?: string;
}

/** On a narrow screen each row becomes a card whose cells say which column they are. */
export function Table({ caption, head, rows, keys, empty }: TableProps) {
  if (rows.length === 0) return <p>{empty}</p>;
  return (
    <table>
      <caption>{caption}</caption>
      <thead>
        <tr>
          {head.map((one) => (
            <th key={one} scope="col">
              {one}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((cells, row) => (
          <tr key={keys?.[row] ?? row}>
            {cells.map((cell, column) => (
              <td key={head[column]} data-head={head[column]}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
