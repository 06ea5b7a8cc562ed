import { iqs } from "./iqs.ts";
import { messages } from "./messages.ts";
import { presence } from "./presence.ts";
import { type Case, casesOf, type Row } from "./vocabulary.ts";

export const rows: readonly Row[] = [...messages, ...presence, ...iqs];

export const cases: readonly Case[] = rows.flatMap(casesOf);
