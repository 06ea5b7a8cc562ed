import type { CommandResult } from "./command-form.ts";
import { Notice, Table } from "./controls.tsx";
import { useTexts } from "./i18n.ts";

type Row = Readonly<Record<string, string | number | readonly string[]>>;

interface ResultViewProps {
  readonly result: CommandResult;
  readonly value: unknown;
  /** The command only looks: its code is an answer. */
  readonly looks?: boolean;
}

/** What a command has given. */
export function ResultView({ result, value, looks }: ResultViewProps) {
  const { t } = useTexts();
  switch (result.kind) {
    case "code":
      return value === 0 ? (
        <Notice kind="done">{t(looks === true ? "commands.true" : "commands.done")}</Notice>
      ) : (
        <Notice kind="problem">{t("commands.false")}</Notice>
      );
    case "text":
    case "integer":
      return <pre class="value">{String(value)}</pre>;
    case "list":
      return (
        <Rows
          columns={[result.element]}
          rows={(value as readonly string[]).map((one) => ({ [result.element]: one }))}
        />
      );
    case "row":
      return <Rows columns={Object.keys(result.columns)} rows={[value as Row]} />;
    case "rows":
      return <Rows columns={Object.keys(result.columns)} rows={value as readonly Row[]} />;
  }
}

/** A browser shows more only slowly, and nobody reads it. */
const MOST = 500;

function Rows({ columns, rows }: { readonly columns: readonly string[]; readonly rows: readonly Row[] }) {
  const { t } = useTexts();
  return (
    <Table
      caption={t("commands.rows", { count: rows.length })}
      head={columns}
      empty={t("user.empty")}
      rows={rows.slice(0, MOST).map((row) =>
        columns.map((name) => {
          const cell = row[name];
          return typeof cell === "object" ? cell.join(", ") : String(cell ?? "");
        }),
      )}
    />
  );
}
