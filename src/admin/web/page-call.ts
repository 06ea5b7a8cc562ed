import type { HttpRequest, HttpResponse } from "../../kernel/http.ts";
import type { WebCaller } from "./web-caller.ts";

/** What answers one thing that pages ask for, once it is known who asks. */
export type PageCall = (request: HttpRequest, who: WebCaller) => HttpResponse | Promise<HttpResponse>;
