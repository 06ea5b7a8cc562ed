import { useState } from "preact/hooks";
import { Heading, Notice, TextField } from "../controls.tsx";
import { useTexts } from "../i18n.ts";
import { useMay } from "../session-context.ts";
import { SessionTable } from "../session-table.tsx";

export function SessionsPage() {
  const { t } = useTexts();
  const may = useMay();
  const [filter, setFilter] = useState("");
  const name = "connected_users_info";
  return (
    <>
      <Heading>{t("sessions.title")}</Heading>
      <search class="bar">
        <TextField label={t("sessions.filter")} type="search" value={filter} set={setFilter} />
      </search>
      {may(name) ? (
        <SessionTable filter={filter} empty={t("sessions.none")} />
      ) : (
        <Notice kind="problem">{t("app.noright", { name })}</Notice>
      )}
    </>
  );
}
