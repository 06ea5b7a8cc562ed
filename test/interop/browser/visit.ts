import assert from "node:assert/strict";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";

export interface Counts {
  passed: number;
  failed: number;
}

export interface VisitOptions {
  readonly browser: Browser;
  /** Of a server's configuration and data. */
  readonly directory: string;
  readonly counts: Counts;
  /** The folder for them. */
  readonly screenshots: string;
}

/** Milliseconds that a page may take for what it is asked for. */
const PATIENCE = 30_000;

/** A browser at the web admin. What a page says to its console that it should not (a violated policy, an error) fails the step. */
export class Visit {
  readonly directory: string;
  readonly #options: VisitOptions;
  readonly #complaints: string[] = [];
  #context: BrowserContext | undefined;
  #shots = 0;

  constructor(options: VisitOptions) {
    this.#options = options;
    this.directory = options.directory;
  }

  /** A page without any cookie. */
  async fresh(more: Parameters<Browser["newContext"]>[0] = {}): Promise<Page> {
    await this.#context?.close();
    const size = { width: 1200, height: 900 };
    this.#context = await this.#options.browser.newContext({ locale: "en-GB", viewport: size, ...more });
    const page = await this.#context.newPage();
    page.setDefaultTimeout(PATIENCE);
    page.on("console", (message) => {
      // A refusal of the server is seen on the page; a browser says so in its console as well.
      if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
        this.#complaints.push(message.text());
    });
    page.on("pageerror", (error) => this.#complaints.push(String(error)));
    return page;
  }

  /** One step, counted; a failed one ends the visit. */
  async step(name: string, play: () => Promise<void>): Promise<void> {
    const begun = performance.now();
    try {
      await play();
      assert.deepEqual(this.#complaints.splice(0), [], "the console of the browser");
    } catch (error) {
      this.#options.counts.failed++;
      console.log(`FAIL browser      ${name}: ${error instanceof Error ? error.message : String(error)}`);
      const [page] = this.#context?.pages() ?? [];
      if (page !== undefined) await this.shot(page, "failed");
      throw error;
    }
    this.#options.counts.passed++;
    console.log(`ok   browser      ${name} (${Math.round(performance.now() - begun)} ms)`);
  }

  async shot(page: Page, name: string): Promise<void> {
    const number = String(++this.#shots).padStart(2, "0");
    await page.screenshot({ path: join(this.#options.screenshots, `${number}-${name}.png`), fullPage: true });
  }
}
