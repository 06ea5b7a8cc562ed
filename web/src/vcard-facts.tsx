import { ApiError, command } from "./api.ts";
import { Failure } from "./controls.tsx";
import { useTexts } from "./i18n.ts";
import { useMay } from "./session-context.ts";
import { useData } from "./use-data.ts";

/** Fields that people fill in, by XEP-0054's names; of two names the second is a part of the first. */
const FIELDS: readonly (readonly [name: string, part?: string])[] = [
  ["FN"],
  ["NICKNAME"],
  ["N", "GIVEN"],
  ["N", "FAMILY"],
  ["BDAY"],
  ["EMAIL", "USERID"],
  ["ORG", "ORGNAME"],
  ["TITLE"],
  ["URL"],
  ["DESC"],
];

interface VcardProps {
  readonly account: { readonly user: string; readonly host: string };
  readonly address: string;
}

export function VcardFacts({ account, address }: VcardProps) {
  const { t } = useTexts();
  const may = useMay();
  const wanted = FIELDS.filter(([, part]) => may(part === undefined ? "get_vcard" : "get_vcard2"));
  const fields = useData(async () => {
    const all = await Promise.all(wanted.map((field) => textOf(account, field)));
    return all.filter((one) => one.text !== "");
  }, [address]);
  if (wanted.length === 0) return null;
  return (
    <section>
      <h2>{t("user.vcard")}</h2>
      {fields.state === "failed" && <Failure error={fields.error} />}
      {fields.state === "ready" && fields.value.length === 0 && <p>{t("user.empty")}</p>}
      {fields.state === "ready" && (
        <dl class="facts">
          {fields.value.map(({ name, text }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

async function textOf(
  account: VcardProps["account"],
  [name, part]: readonly [string, string?],
): Promise<{ readonly name: string; readonly text: string }> {
  const shown = part === undefined ? name : `${name} ${part}`;
  try {
    const text =
      part === undefined
        ? await command<string>("get_vcard", { ...account, name })
        : await command<string>("get_vcard2", { ...account, name, subname: part });
    return { name: shown, text };
  } catch (error) {
    // A field that is not there is refused.
    if (error instanceof ApiError && error.status >= 400 && error.status < 500)
      return { name: shown, text: "" };
    throw error;
  }
}
