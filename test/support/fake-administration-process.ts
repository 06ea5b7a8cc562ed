// Opens the control socket of an administration that is none in the directory given, says so, and stays until it is killed.
import { openControlSocket } from "../../src/admin/control-socket.ts";
import { systemWorld } from "../../src/base/world.ts";
import { FakeAdministration } from "./fake-administration.ts";

const [directory = ""] = process.argv.slice(2);
await openControlSocket({ calls: new FakeAdministration().calls, directory, world: systemWorld() });
process.stdout.write("ready\n");
