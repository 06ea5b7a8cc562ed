import type { XmlLimits } from "./limits.ts";
import { emptyScope, type Scope } from "./scope.ts";

/** Integers per open element: start and end of its qualified name, number of bindings before its start tag. */
export const OPEN_SIZE = 3;

/**
 * Integers per declaration in force: start and end of the prefix (equal for the default namespace), start and end of the
 * value, number of the namespace or -1.
 */
export const BINDING_SIZE = 5;

/**
 * Integers per attribute of the current start tag: start and end of the qualified name, start of the local name, start and
 * end of the value, number of the namespace or -1.
 */
export const ATTRIBUTE_SIZE = 6;

/** What is known of the top-level element that is being read; offsets are those of the scanner's input. */
export class Workspace {
  readonly open: Int32Array;
  readonly bindings: Int32Array;
  readonly attributes: Int32Array;
  /** Numbers of the namespaces for which prefixed attributes had to be compared. */
  readonly numbers: Map<string, number> = new Map();
  scope: Scope = emptyScope;
  /** Elements that are open. */
  depth = 0;
  bindingCount = 0;
  /** Bindings before the current start tag. */
  outerBindings = 0;
  /** Bindings of the top-level element's own start tag. */
  topBindings = 0;
  attributeCount = 0;
  prefixedCount = 0;
  /** Start tags and declarations in the whole top-level element. */
  elements = 0;
  declarations = 0;
  /** See `Frame.plain` and `Frame.text`. */
  plain = true;
  text = false;

  constructor(limits: XmlLimits) {
    this.open = new Int32Array((limits.depth + 1) * OPEN_SIZE);
    this.bindings = new Int32Array((limits.namespaces + 1) * BINDING_SIZE);
    this.attributes = new Int32Array((limits.attributes + 1) * ATTRIBUTE_SIZE);
  }

  fits(limits: XmlLimits): boolean {
    return (
      this.open.length > limits.depth * OPEN_SIZE &&
      this.bindings.length > limits.namespaces * BINDING_SIZE &&
      this.attributes.length > limits.attributes * ATTRIBUTE_SIZE
    );
  }

  protected clear(scope: Scope): void {
    this.scope = scope;
    this.depth = 0;
    this.bindingCount = 0;
    this.attributeCount = 0;
    this.elements = 0;
    this.declarations = 0;
    this.plain = scope.simple;
    this.text = false;
    if (this.numbers.size > 0) this.numbers.clear();
  }

  /** The input moved `distance` bytes towards the front. */
  shift(distance: number): void {
    for (let at = 0; at < this.depth * OPEN_SIZE; at += OPEN_SIZE) {
      this.open[at]! -= distance;
      this.open[at + 1]! -= distance;
    }
    for (let at = 0; at < this.bindingCount * BINDING_SIZE; at += BINDING_SIZE) {
      for (let k = 0; k < BINDING_SIZE - 1; k++) this.bindings[at + k]! -= distance;
    }
    for (let at = 0; at < this.attributeCount * ATTRIBUTE_SIZE; at += ATTRIBUTE_SIZE) {
      for (let k = 0; k < ATTRIBUTE_SIZE - 1; k++) this.attributes[at + k]! -= distance;
    }
  }
}
