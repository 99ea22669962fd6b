/** Reads what may make no sense: then there is nothing. Everything here that reads throws RangeError for that. */
export function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
