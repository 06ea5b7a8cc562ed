import { suite } from "./suite.ts";

suite("C");
