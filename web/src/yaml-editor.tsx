import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Notice } from "./controls.tsx";
import { useTexts } from "./i18n.ts";
import { type Completion, completions, type Place, placeAt, type Schema } from "./yaml-place.ts";

export interface Problem {
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}

interface YamlEditorProps {
  readonly label: string;
  readonly text: string;
  readonly set: (text: string) => void;
  readonly problems: readonly Problem[];
  readonly schema: Schema | undefined;
}

interface Offer {
  readonly place: Place;
  readonly words: readonly Completion[];
  readonly chosen: number;
}

/** Those that are drawn at a time. */
const MOST_WORDS = 8;

/** A text with its line numbers, what is wrong in the lines that it is in, and names of options. */
export function YamlEditor({ label, text, set, problems, schema }: YamlEditorProps) {
  const { t } = useTexts();
  const area = useRef<HTMLTextAreaElement>(null);
  const [scroll, setScroll] = useState(0);
  const [offer, setOffer] = useState<Offer>();
  const id = useId();
  const ask = (forced: boolean): void => {
    const { selectionStart } = area.current!;
    const place = schema === undefined ? undefined : placeAt(area.current!.value, selectionStart);
    // Without being asked only where something is written already: else it would be in the way.
    const wanted = place !== undefined && (forced || place.prefix !== "");
    const words = wanted ? completions(schema!, place).slice(0, MOST_WORDS) : [];
    setOffer(place === undefined || words.length === 0 ? undefined : { place, words, chosen: 0 });
  };
  const take = ({ place }: Offer, word: Completion): void => {
    const { value, selectionStart } = area.current!;
    set(value.slice(0, place.from) + word.insert + value.slice(selectionStart));
    setOffer(undefined);
    const cursor = place.from + word.insert.length;
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(cursor, cursor);
    });
  };
  const pressed = (event: KeyboardEvent): void => {
    if (event.ctrlKey && event.key === " ") {
      event.preventDefault();
      ask(true);
    } else if (offer !== undefined) {
      const moved = moveIn(offer, event.key);
      if (moved === undefined) return;
      event.preventDefault();
      if (moved === "take") take(offer, offer.words[offer.chosen]!);
      else setOffer(moved === "close" ? undefined : moved);
    }
  };
  return (
    <div class="editor">
      <label for={id}>{label}</label>
      <p class="hint" id={`${id}-hint`}>
        {t("configuration.hint")}
      </p>
      <div class="sheet">
        <Gutter text={text} problems={problems} scroll={scroll} />
        <textarea
          ref={area}
          id={id}
          aria-describedby={`${id}-hint`}
          aria-autocomplete="list"
          aria-controls={offer === undefined ? undefined : `${id}-words`}
          aria-activedescendant={offer === undefined ? undefined : `${id}-word-${offer.chosen}`}
          aria-invalid={problems.length > 0}
          spellcheck={false}
          autocapitalize="none"
          wrap="off"
          value={text}
          onInput={(event) => {
            set(event.currentTarget.value);
            ask(false);
          }}
          onKeyDown={pressed}
          onBlur={() => setOffer(undefined)}
          onScroll={(event) => setScroll(event.currentTarget.scrollTop)}
        />
        <Lenses text={text} problems={problems} scroll={scroll} />
      </div>
      {offer !== undefined && <Words id={id} offer={offer} take={(word) => take(offer, word)} />}
      <ProblemList
        problems={problems}
        go={(problem) => area.current !== null && moveTo(area.current, problem)}
      />
    </div>
  );
}

function moveIn(offer: Offer, key: string): Offer | "take" | "close" | undefined {
  const { length } = offer.words;
  if (key === "ArrowDown") return { ...offer, chosen: (offer.chosen + 1) % length };
  if (key === "ArrowUp") return { ...offer, chosen: (offer.chosen + length - 1) % length };
  if (key === "Enter" || key === "Tab") return "take";
  return key === "Escape" ? "close" : undefined;
}

interface WordsProps {
  readonly id: string;
  readonly offer: Offer;
  readonly take: (word: Completion) => void;
}

function Words({ id, offer, take }: WordsProps) {
  return (
    <div id={`${id}-words`} role="listbox" class="words" tabIndex={-1}>
      {offer.words.map((word, index) => (
        <div
          key={word.word}
          id={`${id}-word-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === offer.chosen}
          // The text keeps the focus.
          onMouseDown={(event) => {
            event.preventDefault();
            take(word);
          }}
        >
          <strong>{word.word}</strong> <span lang="en">{word.doc}</span>
        </div>
      ))}
    </div>
  );
}

interface PlacedProps {
  readonly text: string;
  readonly problems: readonly Problem[];
  readonly scroll: number;
}

/** As in style.css. */
const LINE = 21;
const PADDING = 8;

function Gutter({ text, problems, scroll }: PlacedProps) {
  const gutter = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (gutter.current !== null) gutter.current.scrollTop = scroll;
  }, [scroll, text]);
  const wrong = new Set(problems.map(({ line }) => line));
  return (
    <div class="gutter" aria-hidden="true" ref={gutter}>
      {text.split("\n").map((_, index) => {
        const line = index + 1;
        return (
          <div key={line} class={wrong.has(line) ? "wrong" : ""}>
            {line}
          </div>
        );
      })}
    </div>
  );
}

/** What is wrong, behind the line that it is in. The list below says the same to a screen reader. */
function Lenses({ text, problems, scroll }: PlacedProps) {
  const lines = text.split("\n");
  return (
    <div class="lenses" aria-hidden="true">
      {problems.map(({ line, message }) => {
        if (line === undefined) return null;
        const top = (line - 1) * LINE + PADDING - scroll;
        const left = (lines[line - 1]?.length ?? 0) + 3;
        return (
          <div key={message} style={{ top: `${top}px`, left: `calc(${left}ch + 3.5rem)` }}>
            {message}
          </div>
        );
      })}
    </div>
  );
}

interface ProblemListProps {
  readonly problems: readonly Problem[];
  readonly go: (problem: Problem) => void;
}

function ProblemList({ problems, go }: ProblemListProps) {
  const { t } = useTexts();
  if (problems.length === 0) return null;
  return (
    <Notice kind="problem">
      <p>{t("configuration.problems", { count: problems.length })}</p>
      <ul>
        {problems.map((problem) => (
          <li key={problem.message}>
            {problem.line !== undefined && (
              <button type="button" onClick={() => go(problem)}>
                {t("configuration.line", { line: problem.line })}
              </button>
            )}{" "}
            <span lang="en">{problem.message}</span>
          </li>
        ))}
      </ul>
    </Notice>
  );
}

function moveTo(area: HTMLTextAreaElement, { line = 1, column = 1 }: Problem): void {
  const before = area.value.split("\n").slice(0, line - 1);
  const at = before.reduce((sum, one) => sum + one.length + 1, 0) + column - 1;
  area.focus();
  area.setSelectionRange(at, at);
  area.scrollTop = Math.max(0, (line - 4) * LINE);
}
