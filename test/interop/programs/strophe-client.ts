import { $iq, $msg, $pres, type Builder, Strophe } from "strophe.js";
import { type Commands, report, serve, settings } from "./control.ts";

const { user, domain, password, resource, service } = settings();
const connection = new Strophe.Connection(service);
let mechanism = "";

connection.rawOutput = (data: string) => {
  mechanism = /<auth [^>]*mechanism=['"]([^'"]+)['"]/.exec(data)?.[1] ?? mechanism;
};

interface Dom {
  getAttribute(name: string): string | null;
  getElementsByTagName(name: string): ArrayLike<{ readonly textContent: string | null }>;
}

function childText(stanza: Dom, name: string): string {
  return stanza.getElementsByTagName(name)[0]?.textContent ?? "";
}

function listen(): void {
  connection.addHandler(
    (stanza: Dom) => {
      report({ event: "message", from: stanza.getAttribute("from") ?? "", body: childText(stanza, "body") });
      return true;
    },
    null,
    "message",
    null,
  );
  connection.addHandler(
    (stanza: Dom) => {
      const from = stanza.getAttribute("from") ?? "";
      if (stanza.getAttribute("type") === "subscribe") report({ event: "asked", from });
      else
        report({
          event: "presence",
          from,
          show: childText(stanza, "show"),
          status: childText(stanza, "status"),
        });
      return true;
    },
    null,
    "presence",
    null,
  );
}

function request(iq: Builder): Promise<unknown> {
  return new Promise((resolve, reject) => {
    connection.sendIQ(
      iq,
      resolve,
      (error: unknown) => reject(new Error(String(error ?? "no answer"))),
      15_000,
    );
  });
}

function connected(): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.connect(
      `${user}@${domain}/${resource}`,
      password,
      (status: number, condition: string | null) => {
        if (status === Strophe.Status.CONNECTED) resolve();
        const ended = [Strophe.Status.AUTHFAIL, Strophe.Status.CONNFAIL, Strophe.Status.DISCONNECTED];
        if (ended.includes(status)) reject(new Error(`status ${status}: ${condition}`));
      },
    );
  });
}

const commands: Commands = {
  async login() {
    await connected();
    listen();
    await request($iq({ type: "get" }).c("query", { xmlns: Strophe.NS.ROSTER }));
    connection.send($pres());
    return `${connection.jid} with ${mechanism}`;
  },
  async say({ to, body }) {
    connection.send($msg({ to, type: "chat" }).c("body").t(body));
  },
  async add({ jid }) {
    await request(
      $iq({ type: "set" }).c("query", { xmlns: Strophe.NS.ROSTER }).c("item", { jid, name: "a contact" }),
    );
    connection.send($pres({ to: jid, type: "subscribe" }));
  },
  async approve({ jid }) {
    connection.send($pres({ to: jid, type: "subscribed" }));
  },
  async presence({ show, status }) {
    connection.send($pres().c("show").t(show).up().c("status").t(status));
  },
  async password(command) {
    const query = $iq({ type: "set", to: domain }).c("query", { xmlns: "jabber:iq:register" });
    await request(query.c("username").t(user).up().c("password").t(command.password));
  },
  async quit() {
    connection.flush();
    connection.disconnect();
  },
};

await serve(commands);
