/** Goes on at once with a value that is there, later with a promised one: only what has to wait costs a turn. */
export function when<T, R>(value: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}
