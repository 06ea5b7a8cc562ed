import type { Element } from "./element.ts";

export declare function escapeText(text: string): string;
export declare function escapeAttribute(value: string): string;
export declare function serialize(element: Element, contextNs: string): string;
