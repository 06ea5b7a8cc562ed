"""A slixmpp client driven by the lines that test/interop/program-driver.ts describes."""

import asyncio
import json
import logging
import os
import sys

import slixmpp


def report(**values):
    print(json.dumps(values), flush=True)


class Client(slixmpp.ClientXMPP):
    def __init__(self, jid, password, certificate):
        super().__init__(jid, password)
        # The server's self-signed certificate, trusted by its file.
        self.ca_certs = certificate
        self.auto_authorize = None
        self.auto_subscribe = False
        for plugin in ("xep_0004", "xep_0030", "xep_0066", "xep_0077", "xep_0199"):
            self.register_plugin(plugin)
        self.add_event_handler("message", self.on_message)
        self.add_event_handler("changed_status", self.on_presence)
        self.add_event_handler("presence_subscribe", self.on_request)

    async def on_register(self, _form):
        iq = self.Iq()
        iq["type"] = "set"
        iq["register"]["username"] = self.boundjid.user
        iq["register"]["password"] = self.password
        await iq.send(timeout=15)

    def on_message(self, message):
        report(event="message", **{"from": str(message["from"]), "body": message["body"]})

    def on_presence(self, presence):
        report(
            event="presence",
            **{"from": str(presence["from"]), "show": presence["show"], "status": presence["status"]},
        )

    def on_request(self, presence):
        report(event="asked", **{"from": str(presence["from"])})

    async def do_register(self, _):
        # slixmpp 1.8.3 holds back every stanza until the session starts, also those of the registration before it.
        self._always_send_everything = True
        self.add_event_handler("register", self.on_register)
        return await self.do_login(_)

    async def do_login(self, _):
        if self.is_connected():
            return self.seen()
        failure = asyncio.get_event_loop().create_future()
        for event in ("failed_all_auth", "ssl_invalid_cert", "connection_failed"):
            self.add_event_handler(event, lambda why, event=event: failure.done() or failure.set_result((event, why)))
        self.connect((os.environ["ADDRESS"], int(os.environ["PORT"])), use_ssl=os.environ.get("DIRECT") == "1")
        session = asyncio.ensure_future(self.wait_until("session_start", timeout=15))
        await asyncio.wait([session, failure], return_when=asyncio.FIRST_COMPLETED)
        if failure.done():
            raise RuntimeError(failure.result())
        await session
        self.send_presence()
        await self.get_roster()
        return self.seen()

    def seen(self):
        tls = self.transport.get_extra_info("ssl_object").version()
        mechanism = self["feature_mechanisms"].mech.name
        return f"{self.boundjid} over {tls} with {mechanism}"

    async def do_say(self, command):
        self.send_message(mto=command["to"], mbody=command["body"], mtype="chat")

    async def do_add(self, command):
        await self.update_roster(command["jid"], name="a contact")
        self.send_presence_subscription(command["jid"], ptype="subscribe")

    async def do_approve(self, command):
        self.send_presence_subscription(command["jid"], ptype="subscribed")

    async def do_presence(self, command):
        self.send_presence(pshow=command["show"], pstatus=command["status"])

    async def do_password(self, command):
        await self["xep_0077"].change_password(command["password"], timeout=15)

    async def do_quit(self, _):
        await self.disconnect(wait=5)


async def main():
    client = Client(os.environ["JID"], os.environ["PASSWORD"], os.environ["CERTIFICATE"])
    lines = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        command = json.loads(line)
        try:
            seen = await getattr(client, f"do_{command['do']}")(command)
            report(done=command["do"], seen=seen or "")
        except Exception as error:
            report(failed=command["do"], why=repr(error))


logging.basicConfig(level=logging.DEBUG if os.environ.get("DEBUG") else logging.WARNING)
asyncio.run(main())
