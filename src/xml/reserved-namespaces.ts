/** Bound to the prefix `xml` and to nothing else, Namespaces in XML 1.0 §3. */
export const XML_NS = "http://www.w3.org/XML/1998/namespace";

/** Bound to the prefix `xmlns`, never declared. */
export const XMLNS_NS = "http://www.w3.org/2000/xmlns/";
