// Accounts registered through the HTTP API, as a program would for a school: one token, a few connections that stay open.
//   node bench/http-register.ts [ACCOUNTS] [CONNECTIONS]

import { Agent, request } from "node:http";
import { TestServer } from "../test/support/server.ts";

const accounts = Number(process.argv[2] ?? 1000);
const connections = Number(process.argv[3] ?? 4);

const server = await TestServer.start({
  driver: "sqlite",
  accounts: ["admin"],
  configuration: "admins: [admin@h.test]\nhttp: {requests_per_second: 100000, requests_at_once: 100000}",
});
const { out } = await server.command("oauth_issue_token", "admin@h.test", "3600", "register");
const token = out.split("\t")[0]!;
const agent = new Agent({ keepAlive: true, maxSockets: connections });

function register(user: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const headers = { Host: "h.test", "Content-Type": "application/json", Authorization: `Bearer ${token}` };
  const options = {
    agent,
    headers,
    method: "POST",
    host: "127.0.0.1",
    port: server.httpPort,
    path: "/api/register",
  };
  const sent = request(options, (response) => {
    response.resume();
    response.on("end", () => resolve(response.statusCode!));
  });
  sent.on("error", reject);
  sent.end(JSON.stringify({ user, host: "h.test", password: `password of ${user}` }));
  return promise;
}

const latencies: number[] = [];
let next = 0;

async function work(): Promise<void> {
  while (next < accounts) {
    const user = `user${next++}`;
    const began = performance.now();
    const status = await register(user);
    if (status !== 200) throw new Error(`${user}: ${status}`);
    latencies.push(performance.now() - began);
    if (process.stdout.isTTY && latencies.length % 100 === 0)
      process.stdout.write(`\r${latencies.length} of ${accounts}`);
  }
}

const began = performance.now();
const cpu = process.cpuUsage();
await Promise.all(Array.from({ length: connections }, work));
const seconds = (performance.now() - began) / 1000;
const { user, system } = process.cpuUsage(cpu);
latencies.sort((a, b) => a - b);
const at = (part: number): string => latencies[Math.floor(part * (latencies.length - 1))]!.toFixed(1);
console.log(
  `\r${accounts} accounts over ${connections} connections in ${seconds.toFixed(1)} s: ${Math.round(accounts / seconds)}/s, ` +
    `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, CPU of server and client ${((user + system) / 1000 / accounts).toFixed(1)} ms each`,
);
agent.destroy();
await server.stop();
