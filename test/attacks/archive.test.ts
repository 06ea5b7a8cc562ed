import { suite } from "./suite.ts";

suite("H");
