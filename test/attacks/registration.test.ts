import { suite } from "./suite.ts";

suite("I");
