import { join } from "node:path";
import { RegisteringProgram } from "../program-driver.ts";
import { type ClientTest, firstChat } from "../scenario.ts";

// Debian's interpreter, since Debian's slixmpp is installed for that one.
const python = "/usr/bin/python3";

export const slixmpp: ClientTest = {
  name: "slixmpp",
  version: [python, "-c", "import slixmpp; print('slixmpp', slixmpp.__version__)"],
  seconds: 60,
  async run(context) {
    const { account, server } = context;
    const program = join(import.meta.dirname, "../programs/slixmpp-client.py");
    const driver = new RegisteringProgram(context.workspace, python, [program], {
      JID: `${account.jid}/slixmpp`,
      PASSWORD: account.password,
      CERTIFICATE: server.certificateFile,
      ADDRESS: "127.0.0.1",
      PORT: String(server.port),
    });
    await firstChat(context, driver);
  },
};
