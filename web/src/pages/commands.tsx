import { useState } from "preact/hooks";
import { byTag, type CommandArgument, type CommandForm, search } from "../command-form.ts";
import { ChoiceField, Form, Heading, Link, Notice, TextField } from "../controls.tsx";
import type { PageProps } from "../frame.tsx";
import { useTexts } from "../i18n.ts";
import { ResultView } from "../result-view.tsx";
import { CallProgress, useCall } from "../run-call.tsx";
import { usePresent } from "../session-context.ts";
import { apiLine, jsonValue, tercetctlLine } from "../shell-line.ts";

export function CommandsPage({ route }: PageProps) {
  const { t } = useTexts();
  const { commands } = usePresent();
  const name = route[1];
  if (name === undefined) return <CommandList commands={commands} />;
  const found = commands.find((one) => one.name === name);
  return (
    <>
      <p>
        <Link to={["commands"]}>← {t("commands.back")}</Link>
      </p>
      <Heading>{name}</Heading>
      {found === undefined ? (
        <Notice kind="problem">{t("commands.missing")}</Notice>
      ) : (
        <CommandPage form={found} />
      )}
    </>
  );
}

function CommandList({ commands }: { readonly commands: readonly CommandForm[] }) {
  const { t } = useTexts();
  const [text, setText] = useState("");
  const groups = byTag(search(commands, text));
  return (
    <>
      <Heading>{t("commands.title")}</Heading>
      <search class="bar">
        <TextField label={t("commands.search")} type="search" value={text} set={setText} />
      </search>
      {groups.length === 0 && <p>{t("commands.none")}</p>}
      {groups.map(([tag, ones]) => (
        <section key={tag}>
          <h2>{tag}</h2>
          <dl class="commands">
            {ones.map(({ name, summary }) => (
              <div key={name}>
                <dt>
                  <Link to={["commands", name]}>{name}</Link>
                </dt>
                <dd lang="en">{summary}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </>
  );
}

function CommandPage({ form }: { readonly form: CommandForm }) {
  const { t } = useTexts();
  const { session } = usePresent();
  const [values, setValues] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(form.args.map(({ name, choices }) => [name, defaultOf(name, choices, session.hosts)])),
  );
  const [again, setAgain] = useState<Readonly<Record<string, string>>>({});
  const call = useCall();
  const differing = form.args.filter(({ name, confirm }) => confirm && (again[name] ?? "") !== values[name]);
  const submit = (): void => {
    if (differing.length > 0) return;
    call.run(
      form.name,
      Object.fromEntries(form.args.map((one) => [one.name, jsonValue(one, values[one.name] ?? "")])),
    );
  };
  const running = call.state.phase === "running" || call.state.phase === "cancelling";
  return (
    <>
      <p lang="en">
        {form.summary}.{form.permission === "change" && <span class="mark"> {t("commands.changes")}</span>}
      </p>
      {form.doc !== "" && <p lang="en">{form.doc}</p>}
      <Form submit={submit}>
        {form.args.map((one) => (
          <Argument
            key={one.name}
            argument={one}
            value={values[one.name] ?? ""}
            set={(value) => setValues({ ...values, [one.name]: value })}
            again={one.confirm ? (again[one.name] ?? "") : undefined}
            setAgain={(value) => setAgain({ ...again, [one.name]: value })}
          />
        ))}
        <button type="submit" class="main" disabled={running}>
          {t("commands.run")}
        </button>
      </Form>
      <CallProgress call={call} />
      {call.state.phase === "done" && (
        <section aria-live="polite">
          <h2>{t("commands.result")}</h2>
          <ResultView result={form.result} value={call.state.value} looks={form.permission === "read"} />
        </section>
      )}
      <section>
        <h2>{t("commands.terminal")}</h2>
        <pre class="line">{tercetctlLine(form, values)}</pre>
        <h2>{t("commands.api")}</h2>
        <pre class="line">{apiLine(form, values, location.origin, session.account)}</pre>
      </section>
    </>
  );
}

function defaultOf(name: string, choices: readonly string[] | undefined, hosts: readonly string[]): string {
  if (choices !== undefined) return choices[0] ?? "";
  return name === "host" ? (hosts[0] ?? "") : "";
}

interface ArgumentProps {
  readonly argument: CommandArgument;
  readonly value: string;
  readonly set: (value: string) => void;
  /** undefined where once is enough. */
  readonly again: string | undefined;
  readonly setAgain: (value: string) => void;
}

function Argument({ argument, value, set, again, setAgain }: ArgumentProps) {
  const { t } = useTexts();
  const { name, kind, doc, secret, content, choices, example } = argument;
  if (choices !== undefined)
    return <ChoiceField label={name} value={value} set={set} choices={choices.map((one) => [one, one])} />;
  const hint = kind === "[string]" ? `${doc} (${t("commands.list")})` : doc;
  const type = secret ? "password" : "text";
  return (
    <>
      <TextField
        label={name}
        hint={hint}
        value={value}
        set={set}
        type={type}
        placeholder={example}
        autocomplete={secret ? "new-password" : "off"}
        long={content || kind === "[string]"}
      />
      {again !== undefined && (
        <TextField
          label={`${name}: ${t("commands.again")}`}
          value={again}
          set={setAgain}
          type={type}
          autocomplete="new-password"
          error={again !== "" && again !== value ? t("commands.differ") : undefined}
        />
      )}
    </>
  );
}
