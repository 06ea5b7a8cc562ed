import { suite } from "./suite.ts";

suite("B");
