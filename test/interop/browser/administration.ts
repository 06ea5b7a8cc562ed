import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { type ServerProcess, startProcess } from "../../support/process.ts";
import { condition, Romeo } from "../../support/romeo.ts";
import type { Visit } from "./visit.ts";

interface Play {
  readonly visit: Visit;
  readonly server: ServerProcess;
  readonly page: Page;
  /** "http://localhost:5280" */
  readonly origin: string;
}

/** From the first start to a kindly stop. */
export async function administration(visit: Visit): Promise<void> {
  const server = await startProcess(visit.directory);
  try {
    const [, origin, token] = await server.program.says(/first login: (http:\S+)\/admin\/setup#(\S+)/);
    const play: Play = { visit, server, page: await visit.fresh(), origin: origin! };
    await firstLogin(play, token!);
    await users(play);
    await sessions(play);
  } catch {
    // It is counted and said.
  } finally {
    server.program.kill("SIGTERM");
    await server.program.ended;
  }
}

async function go(page: Page, name: string): Promise<void> {
  await page.getByRole("navigation").getByRole("link", { name, exact: true }).click();
}

async function firstLogin({ visit, page, origin }: Play, token: string): Promise<void> {
  await visit.step("the first administrator is made by the link", async () => {
    await page.goto(`${origin}/admin/setup#${token}`);
    // In a clone that is new the pages are built now.
    await page.getByLabel("Name", { exact: true }).fill("admin", { timeout: 90_000 });
    await page.getByLabel("Password", { exact: true }).fill("first secret");
    await page.getByLabel("Password once more").fill("first secret");
    await visit.shot(page, "setup");
    await page.getByRole("button", { name: "Create the administrator" }).click();
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    await page.getByText("Stanzas per second").waitFor();
    await visit.shot(page, "overview");
  });
  await visit.step("the link works once", async () => {
    const other = await page.context().newPage();
    const answer = await other.goto(`${origin}/admin/setup#${token}`);
    assert.equal(answer?.status(), 404);
    await other.close();
  });
  await visit.step("logging out and in by password", async () => {
    await page.getByRole("button", { name: "Log out", exact: true }).click();
    await page.getByLabel("Account").fill("admin");
    await page.getByLabel("Password").fill("wrong");
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByRole("alert").getByText("The account or its password is wrong.").waitFor();
    await visit.shot(page, "login");
    await page.getByLabel("Password").fill("first secret");
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByRole("heading", { name: "Overview" }).waitFor();
  });
}

async function users({ visit, page, server }: Play): Promise<void> {
  await visit.step("a user is made, who logs in with a client", async () => {
    await go(page, "Users");
    await page.getByRole("button", { name: "New user" }).click();
    await page.getByLabel("User (@h.test)").fill("juliet");
    await page.getByLabel("Password").fill("balcony");
    await visit.shot(page, "new-user");
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByText("juliet@h.test is registered.").waitFor();
    await page.getByRole("cell", { name: "juliet" }).waitFor();
    await visit.shot(page, "users");
    const juliet = await Romeo.login(server, "juliet", { password: "balcony" });
    await juliet.close();
  });
}

async function sessions({ visit, page, server }: Play): Promise<void> {
  const markup = "<img src=x onerror=alert(1)>";
  await visit.step("sessions are seen, with what users wrote as text", async () => {
    const status = "&lt;img src=x onerror=alert(1)>";
    await Romeo.login(server, "juliet", {
      password: "balcony",
      resource: markup.replace("<", "&lt;"),
      presence: `<presence><status>${status}</status></presence>`,
    });
    await go(page, "Sessions");
    await page.getByRole("cell", { name: `juliet@h.test/${markup}`, exact: true }).waitFor();
    await page.getByRole("cell", { name: `available: ${markup}` }).waitFor();
    assert.equal(await page.locator("main img").count(), 0);
    await visit.shot(page, "sessions");
  });
  await visit.step("a session is kicked with a reason, and that one alone", async () => {
    const phone = await Romeo.login(server, "juliet", { password: "balcony", resource: "phone" });
    await page.getByLabel("Filter").fill("phone");
    await page.getByRole("button", { name: "Kick juliet@h.test/phone" }).click();
    await page.getByLabel("Reason").fill("maintenance");
    await visit.shot(page, "kick");
    await page.getByRole("dialog").getByRole("button", { name: "Kick" }).click();
    const error = await phone.expect("error");
    assert.equal(condition(error), "conflict");
    await page.getByText("juliet@h.test/phone is kicked.").waitFor();
    await page.getByLabel("Filter").fill("");
    await page.getByRole("cell", { name: `juliet@h.test/${markup}`, exact: true }).waitFor();
  });
}
