import { suite } from "./suite.ts";

suite("A");
