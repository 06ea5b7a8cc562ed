import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { type ServerProcess, startProcess } from "../../support/process.ts";
import { child, condition, type Element, Romeo, text } from "../../support/romeo.ts";
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
    await oneUser(play);
    await commands(play);
    await configuration(play);
    await log(play);
    await otherWays(play);
    await kindlyStop(play);
  } catch {
    // It is counted and said.
  } finally {
    server.program.kill("SIGTERM");
    await server.program.ended;
  }
}

function textOf(stanza: Element, name: string): string {
  return text(child(stanza, name)!);
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

async function oneUser({ visit, page, server }: Play): Promise<void> {
  await visit.step("a user's page shows what is kept, as text; a ban ends the session", async () => {
    const juliet = await Romeo.login(server, "juliet", { password: "balcony", resource: "desk" });
    await juliet.ask("set", "<vCard xmlns='vcard-temp'><FN>&lt;img src=x onerror=alert(1)></FN></vCard>");
    await go(page, "Users");
    await page.getByLabel("Search").fill("JUL");
    await page.getByRole("link", { name: "juliet" }).click();
    await page.getByText("<img src=x onerror=alert(1)>", { exact: true }).waitFor();
    await page.getByRole("cell", { name: "juliet@h.test/desk", exact: true }).waitFor();
    assert.equal(await page.locator("main img").count(), 0);
    await page.getByLabel("Reason, which the user gets to read").fill("a week off");
    await page.getByRole("button", { name: "Ban the account" }).click();
    await page.getByText(/This account is banned since .*: a week off/).waitFor();
    assert.equal(condition(await juliet.expect("error")), "conflict");
    await visit.shot(page, "user");
    await page.getByRole("button", { name: "Lift the ban" }).click();
    await page.getByRole("button", { name: "Ban the account" }).waitFor();
  });
}

async function commands({ visit, page }: Play): Promise<void> {
  await visit.step("every command has a form that shows the same for a terminal", async () => {
    await go(page, "Commands");
    await visit.shot(page, "commands");
    await page.getByLabel("Search").fill("check account");
    await page.getByRole("link", { name: "check_account" }).click();
    await page.getByLabel("user").fill("it's");
    await page.getByText("tercetctl check_account 'it'\\''s' h.test", { exact: true }).waitFor();
    await page.getByLabel("user").fill("juliet");
    await page.getByRole("button", { name: "Run" }).click();
    await page.getByText("The answer is yes.").waitFor();
    await visit.shot(page, "command");
  });
}

async function configuration({ visit, page, server }: Play): Promise<void> {
  const editor = page.getByLabel("Text of the configuration file");
  await visit.step("a wrong configuration is refused in its place", async () => {
    await go(page, "Configuration");
    const text = await editor.inputValue();
    await editor.fill(`${text}limits:\n  client:\n    resources: many\n`);
    await page
      .getByRole("alert")
      .getByText(/resources/)
      .waitFor();
    await visit.shot(page, "configuration-wrong");
    assert.equal(await page.getByRole("button", { name: "Apply" }).isDisabled(), true);
    await page.getByRole("button", { name: /^Line \d+$/ }).click();
    assert.equal(await editor.evaluate((area) => document.activeElement === area), true);
  });
  await visit.step("names of options are completed with the keyboard", async () => {
    await page.getByRole("button", { name: "Undo the changes" }).click();
    const text = await editor.inputValue();
    await editor.fill(`${text}limits:\n  client:\n    resour`);
    await editor.press("Control+Space");
    await page.getByRole("option", { name: /^resources/ }).waitFor();
    await visit.shot(page, "configuration-completion");
    await editor.press("Enter");
    assert.match(await editor.inputValue(), /\n {4}resources: $/);
  });
  await visit.step(
    "a right one is shown with what it changes, applied at once, and ends no session",
    async () => {
      const text = (await editor.inputValue()).replace(/resources: $/, "resources: 2\n");
      await editor.fill(text);
      await page.getByRole("cell", { name: "limits.client.resources" }).waitFor();
      await visit.shot(page, "configuration-right");
      const phone = await Romeo.login(server, "admin", { password: "first secret", resource: "phone" });
      await page.getByRole("button", { name: "Apply" }).click();
      await page.getByText("The configuration is applied.").waitFor();
      await phone.sync();
      await phone.close();
    },
  );
}

async function log({ visit, page }: Play): Promise<void> {
  await visit.step("the log is live and can be searched", async () => {
    await go(page, "Log");
    await page.getByLabel("Search").fill("configuration changed admin");
    await page.getByRole("listitem").getByText("configuration changed").waitFor();
    await page.getByLabel("Search").fill("");
    await visit.shot(page, "log");
  });
}

async function otherWays({ visit, page, server }: Play): Promise<void> {
  await visit.step("on a phone, in the dark, in Polish, with the keyboard", async () => {
    const phone = await Romeo.login(server, "admin", { password: "first secret", resource: "phone" });
    await page.getByLabel("Language").selectOption("pl");
    await page.getByLabel("Kolory").selectOption("dark");
    await page.setViewportSize({ width: 360, height: 740 });
    await page.getByRole("button", { name: "Menu" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "Przegląd" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Przegląd" }).waitFor();
    await page.getByText("Wiadomości na sekundę").waitFor();
    // Two figures make a line.
    await page.locator("polyline[points*=' ']").first().waitFor({ state: "attached" });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    assert.equal(wide, false, "nothing sticks out to the side");
    await visit.shot(page, "phone-overview");
    await page.getByRole("button", { name: "Menu" }).click();
    await page.getByRole("link", { name: "Sesje" }).click();
    // Each cell says its column too.
    await page.getByRole("cell", { name: "Adres admin@h.test/phone" }).waitFor();
    await visit.shot(page, "phone-sessions");
    await phone.close();
    await page.setViewportSize({ width: 1200, height: 900 });
    await go(page, "Przegląd");
    await page.locator("polyline[points*=' ']").first().waitFor({ state: "attached" });
    await visit.shot(page, "overview-dark");
    await page.getByLabel("Język").selectOption("en");
    await page.getByLabel("Colours").selectOption("system");
  });
}

async function kindlyStop({ visit, page, server }: Play): Promise<void> {
  const admin = await Romeo.login(server, "admin", { password: "first secret" });
  await visit.step("a kindly stop is called off while the time runs", async () => {
    await go(page, "Announcements");
    await begin(page, "3600");
    assert.equal(textOf(await admin.expect("message"), "subject"), "Server stop in 3600 seconds!");
    await page.getByText(/^\d+ seconds to go$/).waitFor();
    await visit.shot(page, "countdown");
    await page.getByRole("button", { name: "Cancel it" }).click();
    await page.getByText(/It was cancelled/).waitFor();
    assert.equal(textOf(await admin.expect("message"), "subject"), "Server stop cancelled");
  });
  await visit.step("a kindly stop is seen by a client and by the page", async () => {
    await begin(page, "1");
    const message = await admin.expect("message");
    assert.equal(textOf(message, "subject"), "Server stop in 1 seconds!");
    assert.equal(textOf(message, "body"), "back at noon");
    assert.equal(condition(await admin.expect("error")), "system-shutdown");
    await page.getByText("The server has stopped.").waitFor();
    await visit.shot(page, "stopped");
    assert.equal((await server.program.ended).code, 0);
  });
}

async function begin(page: Page, delay: string): Promise<void> {
  const form = page.locator("section").filter({ has: page.getByRole("heading", { name: "Stop kindly" }) });
  await form.getByLabel("Delay in seconds").fill(delay);
  await form.getByLabel("Text").fill("back at noon");
  await form.getByRole("button", { name: "Begin" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Begin" }).click();
}
